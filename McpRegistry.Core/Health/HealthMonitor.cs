using System.Threading.Channels;

using McpRegistry.Core.State;

using Microsoft.Extensions.Logging;

namespace McpRegistry.Core.Health;

/// <summary>Keeps one watch for each instance there is, while it is run; it may be run again and again, one run at a time.</summary>
internal sealed partial class HealthMonitor(RegistryState state, InstanceProber prober, HealthAnnouncer announcer, TimeProvider time, Random random, ILogger<HealthMonitor> logger)
    : IHealthChecker
{
    private static readonly TimeSpan SilenceLook = TimeSpan.FromSeconds(1);
    // By service: looking at all instances for each of a thousand services that come up would cost more than their probes.
    private readonly Dictionary<string, Dictionary<InstanceState, InstanceWatch>> _watches = new(StringComparer.Ordinal);
    private readonly Lock _gate = new();
    private readonly Channel<string> _changed = Channel.CreateUnbounded<string>(new UnboundedChannelOptions { SingleReader = true });
    private bool _isRunning;

    public async Task<bool> CheckNowAsync(string service, CancellationToken cancellationToken)
    {
        Reconcile(service);
        if (!state.Current.Services.ContainsKey(service)) return false;
        InstanceWatch[] watches;
        lock (_gate) watches = _watches.TryGetValue(service, out var known) ? [.. known.Values] : [];
        try { await Task.WhenAll(watches.Select(watch => watch.ProbeAsync())).WaitAsync(cancellationToken); }
        catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested) { /* An instance went away meanwhile; the others were probed. */ }
        return state.Current.Services.ContainsKey(service);
    }

    /// <summary>Watches until <paramref name="end"/>; then no watch is left.</summary>
    public async Task RunAsync(CancellationToken end)
    {
        lock (_gate) _isRunning = true;
        using var subscription = state.Subscribe(change =>
        {
            // Neither health nor lists make or end an instance.
            if (change.Kind is RegistryChangeKind.ServiceAdded or RegistryChangeKind.ServiceUpdated or RegistryChangeKind.ServiceRemoved) _changed.Writer.TryWrite(change.Service);
        });
        using var silence = time.CreateTimer(_ => LookForSilence(), null, SilenceLook, SilenceLook);
        try
        {
            foreach (var service in state.Current.Services.Keys) ReconcileSafely(service);
            while (true) ReconcileSafely(await _changed.Reader.ReadAsync(end));
        }
        catch (OperationCanceledException) when (end.IsCancellationRequested) { }
        finally { await StopWatchesAsync(); }
    }

    // Calls that wait tell of nothing by themselves: without this look a hung instance would be noticed at its next probe.
    private void LookForSilence()
    {
        InstanceWatch[] watches;
        lock (_gate) watches = [.. AllWatches];
        foreach (var watch in watches) watch.SuspectIfSilent();
    }

    private void ReconcileSafely(string service)
    {
        try { Reconcile(service); }
        catch (Exception error) { LogReconcileFailed(service, error); }
    }

    /// <summary>Makes the watches of a service those of the instances that it has now.</summary>
    private void Reconcile(string service)
    {
        lock (_gate)
        {
            if (!_isRunning) return;
            var instances = state.Current.Services.GetValueOrDefault(service)?.Instances ?? [];
            if (!_watches.TryGetValue(service, out var watches)) _watches[service] = watches = [];
            foreach (var gone in watches.Keys.Except(instances).ToArray())
            {
                watches.Remove(gone, out var watch);
                _ = watch!.DisposeAsync().AsTask();
            }

            foreach (var added in instances.Where(one => !watches.ContainsKey(one)))
            {
                var watch = new InstanceWatch(added, state, prober, announcer, time, random);
                watches.Add(added, watch);
                watch.Start();
            }

            if (watches.Count == 0) _watches.Remove(service);
        }
    }

    private IEnumerable<InstanceWatch> AllWatches => _watches.Values.SelectMany(one => one.Values);

    private async Task StopWatchesAsync()
    {
        InstanceWatch[] watches;
        lock (_gate)
        {
            _isRunning = false;
            watches = [.. AllWatches];
            _watches.Clear();
        }

        await Task.WhenAll(watches.Select(watch => watch.DisposeAsync().AsTask()));
    }
}
