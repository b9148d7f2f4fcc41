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

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        try { await ReportAsync(stoppingToken); }
        // The start failed or the stop came first: whoever did that says so.
        catch (OperationCanceledException) when (stoppingToken.IsCancellationRequested) { }
    }

    private async Task ReportAsync(CancellationToken stoppingToken)
    {
        using var subscription = state.Subscribe(_ => _changed.Writer.TryWrite(true));
        await StartedAsync(stoppingToken);
        await WatchFirstRoundAsync(stoppingToken);
        await console.WriteLineAsync(ServiceTable.WithAddresses(Addresses(), state.Current));
        await TellChangesAsync(ConditionsOf(state.Current), stoppingToken);
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
        await foreach (var _ in _changed.Reader.ReadAllAsync(cancellationToken))
        {
            var snapshot = state.Current;
            foreach (var service in snapshot.Services.Values)
            {
                if (before.TryGetValue(service.Name, out var condition) && condition == service.Condition) continue;
                var word = ServiceModel.WireNameOf(service.Condition);
                var detail = service.Reason ?? ServiceTable.ToolsOf(service);
                LogState(service.Name, word, detail);
            }

            foreach (var gone in before.Keys.Where(name => !snapshot.Services.ContainsKey(name))) LogRemoved(gone);
            before = ConditionsOf(snapshot);
        }
    }

    private IEnumerable<string> Addresses() => server.Features.Get<IServerAddressesFeature>()?.Addresses ?? [];

    private static Dictionary<string, ServiceCondition> ConditionsOf(RegistrySnapshot snapshot) =>
        snapshot.Services.ToDictionary(one => one.Key, one => one.Value.Condition, StringComparer.Ordinal);
}
