using McpRegistry.Core.Json;

namespace McpRegistry.Core.Upstream.Http;

/// <summary>
/// What to do about an answer that may mean that the session is lost. A call is never sent again for it; its next one is
/// preceded by a question, and what changes nothing is repeated.
/// </summary>
internal static class SessionDoubt
{
    private static readonly UpstreamRequest Ping = new() { Method = "ping", Params = RequestParams.Empty, IsOfRegistry = true };
    private static readonly UpstreamRequest Discover = new() { Method = "server/discover", Params = RequestParams.Empty, IsOfRegistry = true };

    /// <summary>Weighs an answer. True: the request changes nothing, and its answer means that the session is gone; open another and send it once more.</summary>
    public static bool Weigh(string method, HttpLink link, HttpAnswer answer, bool isSecond)
    {
        if (answer.Error.IsEmpty && answer.Status is 200 or 0) return false;
        if (method is not ("ping" or "server/discover"))
        {
            if (LostSession.IsHinted(answer)) link.RaiseDoubt();
            return false;
        }

        if (!LostSession.IsMeant(answer)) return false;
        if (isSecond) link.IgnoreDoubts();
        return !isSecond && !link.IgnoresDoubts;
    }

    /// <summary>Asks a session whether it lives. No answer is none against it.</summary>
    public static async Task<bool> IsLostAsync(HttpExchange exchange, HttpLink link, long id, TimeProvider time, CancellationToken cancellationToken)
    {
        using var limit = new CancellationTokenSource(Patience, time);
        using var linked = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken, limit.Token);
        var question = link.Era == ProtocolEra.Modern ? Discover : Ping;
        var answer = await exchange.SendAsync(link, id, question, new HopMeta(link.Era, link.Connection.ProtocolVersion), linked.Token);
        using var body = answer.Body;
        return LostSession.IsMeant(answer) || (link.SessionId is not null && LostSession.IsCertain(answer));
    }

    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(5);
}
