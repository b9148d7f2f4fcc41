using System.Collections.Concurrent;

using McpRegistry.Core.Health;
using McpRegistry.Core.Registration;
using McpRegistry.Core.State;
using McpRegistry.Core.Storage;

using Microsoft.Extensions.Logging;

namespace McpRegistry.Core.Cluster;

/// <summary>Writes what the probes of this process find for the gateways, while it leads.</summary>
internal sealed partial class SharedHealthWriter(RegistryState state, HealthAnnouncer announcer, ISharedHealth shared, TimeProvider time, ILogger<SharedHealthWriter> logger)
{
    // A thousand services are 33 probes a second: one write instead of 33, and no gateway waits longer than this for a verdict.
    private static readonly TimeSpan Gap = TimeSpan.FromSeconds(1);

    // A script stops everything else in Redis while it runs.
    private const int MostInOneWrite = 500;

    /// <summary>Writes until the end of the term, or until a write is refused.</summary>
    public async Task RunAsync(long token, CancellationToken end)
    {
        using var pause = new WakeablePause(time);
        var probed = new ConcurrentDictionary<InstanceState, bool>();
        using var subscription = state.Subscribe(change =>
        {
            if (change.Kind != RegistryChangeKind.HealthChanged) pause.Wake();
        });
        announcer.Announced += OnAnnounced;
        try
        {
            await WriteRoundsAsync(token, probed, pause, end);
        }
        catch (OperationCanceledException) when (end.IsCancellationRequested) { }
        finally { announcer.Announced -= OnAnnounced; }

        void OnAnnounced(InstanceState instance)
        {
            probed[instance] = true;
            pause.Wake();
        }
    }

    private async Task WriteRoundsAsync(long token, ConcurrentDictionary<InstanceState, bool> probed, WakeablePause pause, CancellationToken end)
    {
        HashSet<InstanceName>? written = null;
        while (true)
        {
            await pause.WaitAsync(Timeout.InfiniteTimeSpan, end);
            InstanceState[] taken = [];
            try
            {
                // What earlier leaders wrote: it may be about instances that went away while nobody led.
                written ??= [.. (await shared.ReadAsync(end)).Select(one => one.Instance)];
                taken = [.. probed.Keys.Take(MostInOneWrite).Where(one => probed.TryRemove(one, out _))];
                if (!await TryWriteAsync(token, taken, written, end))
                {
                    LogRefused(token);
                    return;
                }
            }
            catch (RegistryStoreException failure)
            {
                LogWriteFailed(taken.Length, failure.Message);
                foreach (var one in taken) probed[one] = true;
                pause.Wake();
            }

            await Task.Delay(Gap, time, end);
            if (!probed.IsEmpty) pause.Wake();
        }
    }

    private async Task<bool> TryWriteAsync(long token, InstanceState[] probed, HashSet<InstanceName> written, CancellationToken end)
    {
        var there = state.Current.Services.Values.SelectMany(service => service.Instances).Select(NameOf).ToHashSet();
        var gone = written.Where(name => !there.Contains(name)).ToArray();
        var verdicts = probed.Where(one => there.Contains(NameOf(one))).Select(VerdictOn).OfType<SharedVerdict>().ToArray();
        if (verdicts.Length + gone.Length == 0) return true;
        if (!await shared.TryWriteAsync(token, verdicts, gone, end)) return false;
        written.ExceptWith(gone);
        written.UnionWith(verdicts.Select(one => one.Instance));
        return true;
    }

    private static SharedVerdict? VerdictOn(InstanceState instance) =>
        instance.Health.Status.Verdict is var verdict && verdict != HealthVerdict.Unknown && instance.Health.LastCheck is { } check
            ? new SharedVerdict(NameOf(instance), new HealthAdvice(verdict, check.Result, TimeSpan.Zero))
            : null;

    private static InstanceName NameOf(InstanceState instance) => new(instance.ServiceName, instance.InstanceId);
}
