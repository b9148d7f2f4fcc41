using McpRegistry.Core.Upstream;

namespace McpRegistry.Mcp;

/// <summary>Passes log messages that belong to no call to the legacy sessions that want them. The modern era has none such.</summary>
internal sealed class UpstreamLogFeed(IUpstreamNotificationFeed feed, LegacySessions sessions) : IHostedService
{
    public Task StartAsync(CancellationToken cancellationToken)
    {
        feed.Notified += Pass;
        return Task.CompletedTask;
    }

    public Task StopAsync(CancellationToken cancellationToken)
    {
        feed.Notified -= Pass;
        return Task.CompletedTask;
    }

    private void Pass(string service, string method, ReadOnlyMemory<byte> message)
    {
        if (method != "notifications/message" || LogMessage.RankOf(message) is var rank && rank < 0) return;
        ReadOnlyMemory<byte> copy = default;
        foreach (var session in sessions.All)
        {
            if (session.LogRank is not { } wanted || rank < wanted || (session.Service is not null && session.Service != service)) continue;
            if (copy.IsEmpty) copy = message.ToArray();
            session.Post(copy);
        }
    }
}
