using System.Collections.Concurrent;
using System.Collections.Frozen;
using System.Threading.Channels;

using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace McpRegistry.Hosting.Registry;

/// <summary>Has the registry look at once when a copy of a server was started or stopped, instead of at its next probe, and shows what it found.</summary>
internal sealed partial class InstanceMonitor(
    RegistryClient registry, RegistryWatch watch, DistributedApplicationModel model, ResourceNotificationService notifications, TimeProvider time, ILogger<InstanceMonitor> logger)
    : BackgroundService
{
    private const string Up = "running, Healthy";

    // One probe is no verdict; three are.
    private const int Looks = 4;
    private static readonly TimeSpan Pause = TimeSpan.FromSeconds(1);

    private readonly ConcurrentDictionary<string, (string Service, string Standing)> _known = new();

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        var services = ServicesByResource();
        // Room for one: a probe that began before the change says nothing of it, so one more follows, and not more than one.
        var checks = services.Values.Distinct().ToFrozenDictionary(
            service => service, _ => Channel.CreateBounded<bool>(new BoundedChannelOptions(1) { FullMode = BoundedChannelFullMode.DropWrite }));
        var checking = Task.WhenAll(checks.Select(one => CheckAsync(one.Key, one.Value.Reader, stoppingToken)));

        await foreach (var change in notifications.WatchAsync(stoppingToken))
        {
            if (!services.TryGetValue(change.Resource.Name, out var service) || Standing(change.Snapshot) is not { } standing) continue;
            if (_known.TryGetValue(change.ResourceId, out var before) && before.Standing == standing) continue;
            _known[change.ResourceId] = (service, standing);
            checks[service].Writer.TryWrite(true);
        }
        await checking;
    }

    private FrozenDictionary<string, string> ServicesByResource() => model.Resources.OfType<McpServerResource>()
        .SelectMany(server => server.Instances, (server, copy) => (copy.Name, server.Service))
        .Concat(RegistryServers.InTheirOwnRight(model.Resources).Select(one => (one.Resource.Name, one.Service)))
        .ToFrozenDictionary(one => one.Name, one => one.Service);

    // Null: on its way from one to another.
    private static string? Standing(CustomResourceSnapshot row) => row.State?.Text switch
    {
        { } state when state == KnownResourceStates.Running => $"running, {row.HealthStatus}",
        { } state when KnownResourceStates.TerminalStates.Contains(state) => "ended",
        _ => null,
    };

    private async Task CheckAsync(string service, ChannelReader<bool> changed, CancellationToken cancellationToken)
    {
        await foreach (var _ in changed.ReadAllAsync(cancellationToken))
        {
            try
            {
                for (var look = 1; look <= Looks; look++)
                {
                    await registry.CheckHealthAsync(service, cancellationToken);
                    // The registry tells of changes of a service; that one copy of several went is none.
                    await watch.RefreshAsync(cancellationToken);
                    if (watch.Find(service) is not { State: "ready" } view || view.IsShort == _known.Values.Any(one => one.Service == service && one.Standing != Up)) break;
                    await Task.Delay(Pause, time, cancellationToken);
                }
            }
            catch (Exception unanswered) when (!cancellationToken.IsCancellationRequested)
            {
                LogNotChecked(service, unanswered.Message);
            }
        }
    }
}
