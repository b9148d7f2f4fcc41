using McpRegistry.Tests.Acceptance.Harness;
using McpRegistry.Tests.Samples;

using Xunit.Abstractions;

namespace McpRegistry.Tests.Acceptance;

/// <summary>Three instances under load, one of them killed and brought back: safe calls never fail, unsafe ones never run twice.</summary>
[Collection(AcceptanceRun.Collection)]
[Trait("Category", "Acceptance")]
public sealed class FailoverTests(ITestOutputHelper output)
{
    private const double CallsPerSecond = 200;
    private static readonly TimeSpan Duration = AcceptanceRun.Choose(TimeSpan.FromSeconds(8), TimeSpan.FromSeconds(30));

    [LinuxFact]
    public async Task Not_one_safe_call_fails_when_an_instance_is_killed_and_restarted()
    {
        using var ledger = new SampleLedger();

        var calls = await LoadWhileOneIsKilledAsync("safe", "echo", ledger, id => new { message = id, call_id = id });

        Assert.Equal([], calls.Where(call => !call.IsSuccess));
        Assert.Equal([], calls.Select(call => call.Id).Except(ledger.Executions("echo").Select(line => line.CallId!)));
    }

    [LinuxFact]
    public async Task No_unsafe_call_runs_twice_and_every_lost_one_says_that_it_may_have_run()
    {
        using var ledger = new SampleLedger();

        var calls = await LoadWhileOneIsKilledAsync("unsafe", "add_row", ledger, id => new { call_id = id });

        var executed = ledger.Executions("add_row").GroupBy(line => line.CallId!).ToDictionary(group => group.Key, group => group.Count());
        Assert.DoesNotContain(executed, pair => pair.Value > 1);
        Assert.Equal([], calls.Where(call => call.IsSuccess && !executed.ContainsKey(call.Id)));
        Assert.Equal([], calls.Where(call => !call.IsSuccess && executed.ContainsKey(call.Id) && call.MaybeExecuted != true));
        Assert.Equal([], calls.Where(call => !call.IsSuccess && call.Code is not ("upstream_failed" or "upstream_timeout")));
    }

    private async Task<CallRecord[]> LoadWhileOneIsKilledAsync(string what, string tool, SampleLedger ledger, Func<string, object> arguments)
    {
        var instances = await Task.WhenAll(Enumerable.Range(1, 3).Select(number => SampleServerProcess.StartHttpOnPortAsync(FreePort.Find(), "--name", $"svc-{number}", "--ledger", ledger.FilePath)));
        SampleServerProcess? back = null;
        try
        {
            await using var gateway = await GatewayProcess.StartAsync(new ServersFile().Http("svc", [.. instances.Select(one => one.Endpoint)]));
            await gateway.ListsToolsOfAsync("svc");
            await new OpenLoop(20, "warm-up").RunAsync(TimeSpan.FromSeconds(1), id => gateway.Rest.CallAsync("svc", "echo", new { message = id }));

            var load = new OpenLoop(CallsPerSecond, what).RunAsync(Duration, id => gateway.Rest.CallAsync("svc", tool, arguments(id)));
            await Task.Delay(Duration / 4, TimeProvider.System);
            instances[1].Kill();
            await Task.Delay(Duration / 4, TimeProvider.System);
            back = await SampleServerProcess.StartHttpOnPortAsync(instances[1].Endpoint.Port, "--name", "svc-2-again", "--ledger", ledger.FilePath);
            var calls = await load;

            var onRestarted = ledger.Lines().Count(line => line.Instance == "svc-2-again" && line.Event is null);
            var figure = $"kill -9 one of three, {CallsPerSecond:0} {what} calls/s for {Duration.TotalSeconds:0} s: {CallRecord.Describe(calls)}; {calls.Count(call => call.MaybeExecuted == true)} said maybe_executed; calls on the restarted one: {onRestarted}";
            output.WriteLine(figure);
            AcceptanceRun.Report(figure);
            // The first ejection lasts ten seconds; only the long form runs on beyond it.
            if (AcceptanceRun.IsFull) Assert.NotEqual(0, onRestarted);
            return calls;
        }
        finally
        {
            foreach (var one in instances) await one.DisposeAsync();
            if (back is not null) await back.DisposeAsync();
        }
    }
}
