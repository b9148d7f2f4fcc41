using System.Collections.Concurrent;
using System.Collections.Immutable;

using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace McpRegistry.Core.State;

/// <summary>Ends instances that left the snapshot once their calls have ended, and all of them, in parallel, when the process stops.</summary>
internal sealed partial class InstanceRetirement(RegistryState state, TimeProvider time, ILogger<InstanceRetirement> logger) : IHostedService, IDisposable
{
    private static readonly TimeSpan ShortestPoll = TimeSpan.FromMilliseconds(50);
    private static readonly TimeSpan LongestPoll = TimeSpan.FromSeconds(1);

    private readonly ConcurrentDictionary<Task, bool> _ending = new();
    private readonly CancellationTokenSource _stopping = new();

    /// <summary>Takes instances over; returns at once.</summary>
    public void Retire(ImmutableArray<InstanceState> instances)
    {
        foreach (var instance in instances)
        {
            var ending = EndAsync(instance);
            _ending[ending] = true;
            _ = ending.ContinueWith(done => _ending.TryRemove(done, out _), TaskScheduler.Default);
        }
    }

    public Task StartAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public async Task StopAsync(CancellationToken cancellationToken)
    {
        await _stopping.CancelAsync();
        var live = state.Current.Services.Values.SelectMany(one => one.Instances).Select(DisposeAsync);
        await Task.WhenAll(live.Concat(_ending.Keys));
    }

    public void Dispose() => _stopping.Dispose();

    private async Task EndAsync(InstanceState instance)
    {
        instance.IsDraining = true;
        try
        {
            // However long they take: each has a deadline of its own, and cut short here it would have been executed for nothing.
            for (var poll = ShortestPoll; instance.Load.InFlight > 0; poll = poll * 2 < LongestPoll ? poll * 2 : LongestPoll) await Task.Delay(poll, time, _stopping.Token);
        }
        catch (OperationCanceledException) when (_stopping.IsCancellationRequested) { }
        await DisposeAsync(instance);
    }

    private async Task DisposeAsync(InstanceState instance)
    {
        try { await instance.Client.DisposeAsync(); }
        catch (Exception e) { LogDisposeFailed(logger, e, instance.ServiceName, instance.InstanceId); }
    }

    [LoggerMessage(1, LogLevel.Error, "Instance {Service}/{Instance} did not end cleanly", EventName = "DisposeFailed")]
    private static partial void LogDisposeFailed(ILogger logger, Exception exception, string service, string instance);
}
