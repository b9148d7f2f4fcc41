using McpRegistry.Tests.Acceptance.Harness;
using McpRegistry.Tests.Samples;

using Xunit.Abstractions;

namespace McpRegistry.Tests.StdioBridge;

/// <summary>Bridges are instances like any other: a server that dies behind one costs no safe call, and no unsafe one runs twice.</summary>
[Collection(AcceptanceRun.Collection)]
[Trait("Category", "Acceptance")]
public sealed class BehindTheGatewayTests(ITestOutputHelper output)
{
    private const double CallsPerSecond = 50;
    private static readonly TimeSpan Duration = AcceptanceRun.Choose(TimeSpan.FromSeconds(6), TimeSpan.FromSeconds(30));

    [LinuxFact]
    public async Task Not_one_safe_call_fails_when_a_server_dies_behind_one_of_two_bridges()
    {
        using var ledger = new SampleLedger();

        var calls = await LoadWhileAServerDiesAsync("echo", ledger, id => new { message = id, call_id = id });

        Assert.Equal([], calls.Where(call => !call.IsSuccess));
    }

    [LinuxFact]
    public async Task No_unsafe_call_runs_twice_and_every_lost_one_says_that_it_may_have_run()
    {
        using var ledger = new SampleLedger();

        var calls = await LoadWhileAServerDiesAsync("add_row", ledger, id => new { call_id = id });

        var executed = ledger.Executions("add_row").GroupBy(line => line.CallId!).ToDictionary(group => group.Key, group => group.Count());
        Assert.DoesNotContain(executed, pair => pair.Value > 1);
        Assert.Equal([], calls.Where(call => call.IsSuccess && !executed.ContainsKey(call.Id)));
        Assert.Equal([], calls.Where(call => !call.IsSuccess && call.MaybeExecuted != true));
    }

    private async Task<CallRecord[]> LoadWhileAServerDiesAsync(string tool, SampleLedger ledger, Func<string, object> arguments)
    {
        await using var one = await BridgeAsync(ledger);
        await using var other = await BridgeAsync(ledger);
        await using var gateway = await GatewayProcess.StartAsync(new ServersFile().Http("svc", one.Mcp, other.Mcp));
        await gateway.ListsToolsOfAsync("svc");
        var pid = (await gateway.Rest.CallAsync("svc", "whoami", new { })).Body.GetProperty("structuredContent").GetProperty("pid").GetInt32();

        var load = new OpenLoop(CallsPerSecond, tool).RunAsync(Duration, id => gateway.Rest.CallAsync("svc", tool, arguments(id)));
        await Task.Delay(Duration / 3, TimeProvider.System);
        Signal.Send("KILL", pid);
        var calls = await load;

        var figure = $"server killed behind one of two bridges, {CallsPerSecond:0} {tool}/s for {Duration.TotalSeconds:0} s: {CallRecord.Describe(calls)}";
        output.WriteLine(figure);
        AcceptanceRun.Report(figure);
        return calls;
    }

    private static Task<BridgeProcess> BridgeAsync(SampleLedger ledger) =>
        BridgeProcess.StartReadyAsync([SampleServerProcess.Command, .. SampleServerProcess.StdioArguments("--ledger", ledger.FilePath)]);
}
