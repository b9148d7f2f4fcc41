using McpRegistry.Core.State;
using McpRegistry.Core.Upstream;

namespace McpRegistry.Mcp;

/// <summary>
/// Passes log messages that belong to no call to the legacy session that wants them, as long as it is the only client of the service.
/// An instance has one session with all of us, so with a second client nobody could say for whom a line is, and it may hold what only
/// one of them should see. The modern era has no such messages.
/// </summary>
internal sealed class UpstreamLogFeed(IUpstreamNotificationFeed feed, LegacySessions sessions, RegistryState state) : IHostedService
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
        // A talkative server is heard often, and nearly always nobody listens.
        if (method != "notifications/message" || !sessions.All.Any(one => one.LogRank is not null && Shows(one, service))) return;
        if (OnlyClientOf(service) is { LogRank: { } wanted } client && LogMessage.RankOf(message) >= wanted) client.Post(message.ToArray());
    }

    private static bool Shows(LegacySession session, string service) => session.Service is null || session.Service == service;

    private LegacySession? OnlyClientOf(string service)
    {
        LegacySession? only = null;
        foreach (var session in sessions.Present)
        {
            if (!Shows(session, service)) continue;
            if (only is not null) return null;
            only = session;
        }

        // Whoever else calls just now, over REST or in the modern era, is a client as well.
        var calls = state.Current.Services.TryGetValue(service, out var known) ? known.Instances.Sum(one => one.Load.InFlight) : 0;
        return calls > (only?.InFlight.CountOf(service) ?? 0) ? null : only;
    }
}
