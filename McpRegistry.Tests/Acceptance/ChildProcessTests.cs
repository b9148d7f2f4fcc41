using McpRegistry.Tests.Acceptance.Harness;
using McpRegistry.Tests.Samples;

using Xunit.Abstractions;

namespace McpRegistry.Tests.Acceptance;

/// <summary>stdio children: calm when they keep dying, gone when the gateway is.</summary>
[Collection(AcceptanceRun.Processes)]
[Trait("Category", "Acceptance")]
public sealed class ChildProcessTests(ITestOutputHelper output)
{
    private static readonly TimeSpan GoneWithin = TimeSpan.FromSeconds(10);
    private static readonly TimeSpan CrashLoop = AcceptanceRun.Choose(TimeSpan.FromSeconds(15), TimeSpan.FromSeconds(60));
    private const int MostSpawnsAMinute = 7;

    [LinuxFact]
    public async Task A_child_that_keeps_crashing_is_started_at_most_seven_times_a_minute()
    {
        using var ledger = new SampleLedger();
        await using var gateway = await GatewayProcess.StartAsync(new ServersFile().Sample("looping", "--exit-after", "100", "--ledger", ledger.FilePath).Sample("well"));
        await gateway.ListsToolsOfAsync("well");

        await Task.Delay(CrashLoop, TimeProvider.System);

        var starts = ledger.Lines().Count(line => line.Event == "start");
        Report($"crash-looping child: {starts} spawns in {CrashLoop.TotalSeconds:0} s");
        Assert.InRange(starts, 2, MostSpawnsAMinute);
        Assert.True((await gateway.Rest.CallAsync("well", "echo", new { message = "still here" })).IsSuccess);
    }

    [LinuxFact]
    public async Task No_child_outlives_a_killed_gateway_by_ten_seconds()
    {
        var file = new ServersFile().Sample("polite").Sample("deaf", "--ignore-eof", "--ignore-term").Sample("half-deaf", "--ignore-eof");
        await using var gateway = await GatewayProcess.StartAsync(file.With("polite", "replicas", 3));
        await gateway.ListsToolsOfAsync("polite", "deaf", "half-deaf");
        var marker = Marker.Of(await gateway.Rest.PidAsync("deaf"));
        await Eventually.TrueAsync(() => Marker.Carriers(marker).Count >= 5, TimeSpan.FromSeconds(10), "all five children run");

        await gateway.KillAsync();

        var goneAfter = await Eventually.TrueAsync(() => Marker.Carriers(marker).Count == 0, GoneWithin, "every child is gone");
        Report(FormattableString.Invariant($"gateway killed: its last child was gone after {goneAfter.TotalSeconds:0.0} s"));
    }

    private void Report(string figure)
    {
        output.WriteLine(figure);
        AcceptanceRun.Report(figure);
    }
}
