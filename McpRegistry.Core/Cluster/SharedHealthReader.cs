using System.Collections.Immutable;

using McpRegistry.Core.Registration;
using McpRegistry.Core.State;

using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace McpRegistry.Core.Cluster;

/// <summary>Hands the verdicts of the worker that leads to the instances of this gateway.</summary>
internal sealed class SharedHealthReader(RegistryState state, ISharedHealth shared, TimeProvider time, ILogger<SharedHealthReader> logger) : BackgroundService
{
    // Two verdicts on one instance are written at least a second apart, so what is younger by less is the one we have.
    private static readonly TimeSpan SameMoment = TimeSpan.FromMilliseconds(500);

    protected override Task ExecuteAsync(CancellationToken stoppingToken) =>
        new SharedFeedReader<ImmutableArray<SharedVerdict>>(shared, "verdicts", time, logger).RunAsync(TakeMissed, TakeAll, stoppingToken);

    private void TakeAll(ImmutableArray<SharedVerdict> verdicts)
    {
        foreach (var (name, advice) in verdicts) Find(name)?.Health.TakeAdvice(advice);
    }

    private void TakeMissed(ImmutableArray<SharedVerdict> verdicts)
    {
        foreach (var (name, advice) in verdicts)
            if (Find(name) is { } instance && (instance.Health.AdviceAge is not { } known || advice.Age + SameMoment < known)) instance.Health.TakeAdvice(advice);
    }

    // A child process is this gateway's own; nobody else can know how it is.
    private InstanceState? Find(InstanceName name) =>
        state.Current.Services.GetValueOrDefault(name.Service)?.Instances.FirstOrDefault(one => one.InstanceId == name.Instance && one.Address is not null);
}
