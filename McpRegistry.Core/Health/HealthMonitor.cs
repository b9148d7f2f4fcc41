using System.Threading.Channels;

using McpRegistry.Core.State;

using Microsoft.Extensions.Logging;

namespace McpRegistry.Core.Health;

/// <summary>Keeps one watch for each instance there is, while it is run; it may be run again and again, one run at a time.</summary>
internal sealed partial class HealthMonitor(RegistryState state, InstanceProber prober, HealthAnnouncer announcer, TimeProvider time, Random random, ILogger<HealthMonitor> logger)
    : IHealthChecker
{
    private static readonly TimeSpan SilenceLook = TimeSpan.FromSeconds(1);
    private readonly Dictionary<InstanceState, InstanceWatch> _watches = [];
    private readonly Lock _gate = new();
    private readonly Channel<bool> _changes = Channel.CreateBounded<bool>(new BoundedChannelOptions(1) { FullMode = BoundedChannelFullMode.DropWrite });
    private bool _isRunning;

    public async Task<bool> CheckNowAsync(string service, CancellationToken cancellationToken)
    {
        Reconcile();
        if (!state.Current.Services.ContainsKey(service)) return false;
        InstanceWatch[] watches;
        lock (_gate) watches = [.. _watches.Where(pair => pair.Key.ServiceName == service).Select(pair => pair.Value)];
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
            if (change.Kind is RegistryChangeKind.ServiceAdded or RegistryChangeKind.ServiceUpdated or RegistryChangeKind.ServiceRemoved) _changes.Writer.TryWrite(true);
        });
        using var silence = time.CreateTimer(_ => LookForSilence(), null, SilenceLook, SilenceLook);
        try
        {
            do ReconcileSafely();
            while (await _changes.Reader.ReadAsync(end));
        }
        catch (OperationCanceledException) when (end.IsCancellationRequested) { }
        finally { await StopWatchesAsync(); }
    }

    // Calls that wait tell of nothing by themselves: without this look a hung instance would be noticed at its next probe.
    private void LookForSilence()
    {
        InstanceWatch[] watches;
        lock (_gate) watches = [.. _watches.Values];
        foreach (var watch in watches) watch.SuspectIfSilent();
    }

    private void ReconcileSafely()
    {
        try { Reconcile(); }
        catch (Exception error) { LogReconcileFailed(error); }
    }

    /// <summary>Makes the watches those of the instances that there are now.</summary>
    private void Reconcile()
    {
        lock (_gate)
        {
            if (!_isRunning) return;
            var instances = state.Current.Services.Values.SelectMany(service => service.Instances).ToHashSet();
            foreach (var gone in _watches.Keys.Where(one => !instances.Contains(one)).ToArray())
            {
                _watches.Remove(gone, out var watch);
                _ = watch!.DisposeAsync().AsTask();
            }

            foreach (var added in instances.Where(one => !_watches.ContainsKey(one)))
            {
                var watch = new InstanceWatch(added, state, prober, announcer, time, random);
                _watches.Add(added, watch);
                watch.Start();
            }
        }
    }

    private async Task StopWatchesAsync()
    {
        InstanceWatch[] watches;
        lock (_gate)
        {
            _isRunning = false;
            watches = [.. _watches.Values];
            _watches.Clear();
        }

        await Task.WhenAll(watches.Select(watch => watch.DisposeAsync().AsTask()));
    }
}
