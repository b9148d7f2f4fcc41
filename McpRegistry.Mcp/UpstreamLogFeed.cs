using McpRegistry.Core.Cluster;
using McpRegistry.Core.State;
using McpRegistry.Core.Upstream;

namespace McpRegistry.Mcp;

/// <summary>
/// Passes log messages that belong to no call to the legacy session that wants them, where they can be about nobody else: it is the only
/// client of the service, nobody else calls, and nobody else has used its instances before. An instance has one session with all of us,
/// so otherwise nobody could say for whom a line is, and it may hold what only one of them should see. With several gateways nobody
/// knows the clients of the others. The modern era has no such messages.
/// </summary>
internal sealed class UpstreamLogFeed(IUpstreamNotificationFeed feed, LegacySessions sessions, RegistryState state, IReplicaDirectory? replicas = null) : IHostedService
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
        if (method != "notifications/message" || replicas is { OwnAddress: not null } || !sessions.All.Any(one => one.LogRank is not null && Shows(one, service))) return;
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

        if (only is null || !state.Current.Services.TryGetValue(service, out var known)) return only;
        // Whoever else calls just now, over REST or in the modern era, is a client as well; and the server may speak of whoever called before.
        var calls = known.Instances.Sum(one => one.Load.InFlight);
        return calls > only.InFlight.CountOf(service) || !known.Instances.All(one => one.Audience.IsOnly(only.Affinity)) ? null : only;
    }
}
