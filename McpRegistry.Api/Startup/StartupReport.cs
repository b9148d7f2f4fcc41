using System.Collections.Concurrent;
using System.Threading.Channels;

using McpRegistry.Api.Services;
using McpRegistry.Core.State;

using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;

namespace McpRegistry.Api.Startup;

/// <summary>
/// Tells at the console how the services come up, then where everything is and how each service stands. Later only
/// services that become available or unavailable are worth a line.
/// </summary>
internal sealed partial class StartupReport(
    RegistryState state, IServer server, IHostApplicationLifetime lifetime, TextWriter console, TimeProvider time, ILogger<StartupReport> logger) : BackgroundService
{
    private static readonly TimeSpan FirstRound = TimeSpan.FromSeconds(20);
    private static readonly TimeSpan BetweenProgress = TimeSpan.FromSeconds(2);

    // One token is enough: it only says "look again".
    private readonly Channel<bool> _changed = Channel.CreateBounded<bool>(1);

    // Looking at all of a thousand services for each change of one would cost more than the changes themselves.
    private readonly ConcurrentQueue<string> _touched = new();

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        try { await ReportAsync(stoppingToken); }
        // The start failed or the stop came first: whoever did that says so.
        catch (OperationCanceledException) when (stoppingToken.IsCancellationRequested) { }
    }

    private async Task ReportAsync(CancellationToken stoppingToken)
    {
        using var subscription = state.Subscribe(change =>
        {
            _touched.Enqueue(change.Service);
            _changed.Writer.TryWrite(true);
        });
        await StartedAsync(stoppingToken);
        await WatchFirstRoundAsync(stoppingToken);
        _touched.Clear();
        var told = state.Current;
        await console.WriteLineAsync(ServiceTable.WithAddresses(Addresses(), told));
        await TellChangesAsync(told.Services.ToDictionary(one => one.Key, one => one.Value.Condition, StringComparer.Ordinal), stoppingToken);
    }

    private async Task StartedAsync(CancellationToken cancellationToken)
    {
        var started = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        await using var registration = lifetime.ApplicationStarted.Register(started.SetResult);
        await started.Task.WaitAsync(cancellationToken);
    }

    private async Task WatchFirstRoundAsync(CancellationToken cancellationToken)
    {
        var start = time.GetTimestamp();
        var lastTold = "";
        while (time.GetElapsedTime(start) < FirstRound && ServiceTable.Progress(state.Current) is { } progress)
        {
            if (progress != lastTold) await console.WriteLineAsync(progress);
            lastTold = progress;
            await ChangeOrPauseAsync(cancellationToken);
        }
    }

    private async Task ChangeOrPauseAsync(CancellationToken cancellationToken)
    {
        try { await _changed.Reader.ReadAsync(cancellationToken).AsTask().WaitAsync(BetweenProgress, time, cancellationToken); }
        catch (TimeoutException) { }
    }

    private async Task TellChangesAsync(Dictionary<string, ServiceCondition> before, CancellationToken cancellationToken)
    {
        do
        {
            while (_touched.TryDequeue(out var name)) TellChange(name, before);
        }
        while (await _changed.Reader.ReadAsync(cancellationToken));
    }

    private void TellChange(string name, Dictionary<string, ServiceCondition> before)
    {
        if (!state.Current.Services.TryGetValue(name, out var service))
        {
            if (before.Remove(name)) LogRemoved(name);
            return;
        }

        // That lists are being read is over in a moment, and then there is something to tell.
        if (service.Condition == ServiceCondition.Degraded && !service.Catalog.Unread.IsEmpty) return;
        if (before.TryGetValue(name, out var condition) && condition == service.Condition) return;
        before[name] = service.Condition;
        var word = ServiceModel.WireNameOf(service.Condition);
        var detail = service.Reason ?? ServiceTable.ToolsOf(service);
        LogState(name, word, detail);
    }

    private IEnumerable<string> Addresses() => server.Features.Get<IServerAddressesFeature>()?.Addresses ?? [];
}
