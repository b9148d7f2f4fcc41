namespace McpRegistry.Mcp;

/// <summary>The most talkative log level that anybody wants, by service.</summary>
internal sealed class LogWishes
{
    private readonly Dictionary<string, int> _ofServices = new(StringComparer.Ordinal);
    private int? _ofAll;

    /// <summary>What these sessions want, in one walk over them.</summary>
    public static LogWishes Of(IEnumerable<LegacySession> sessions)
    {
        var wishes = new LogWishes();
        foreach (var session in sessions)
        {
            if (session.LogRank is not { } rank) continue;
            if (session.Service is null) wishes._ofAll = Math.Min(rank, wishes._ofAll ?? rank);
            else wishes._ofServices[session.Service] = Math.Min(rank, wishes._ofServices.GetValueOrDefault(session.Service, rank));
        }
        return wishes;
    }

    /// <summary>The rank for a service. Null: nobody wants log messages of it.</summary>
    public int? RankFor(string service) =>
        !_ofServices.TryGetValue(service, out var rank) ? _ofAll : _ofAll is { } all && all < rank ? all : rank;
}
