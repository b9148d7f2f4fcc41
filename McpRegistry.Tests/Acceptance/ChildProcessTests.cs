using McpRegistry.Core.Upstream.Stdio;
using McpRegistry.Tests.Acceptance.Harness;
using McpRegistry.Tests.Samples;

using Xunit.Abstractions;

namespace McpRegistry.Tests.Acceptance;

/// <summary>stdio children: back at once when they die, calm when they keep dying, gone when the gateway is.</summary>
[Collection(AcceptanceRun.Collection)]
[Trait("Category", "Acceptance")]
public sealed class ChildProcessTests(ITestOutputHelper output)
{
    private static readonly TimeSpan BackWithin = TimeSpan.FromSeconds(1.5);
    private static readonly TimeSpan GoneWithin = TimeSpan.FromSeconds(10);
    private static readonly TimeSpan CrashLoop = AcceptanceRun.Choose(TimeSpan.FromSeconds(15), TimeSpan.FromSeconds(60));
    private static readonly TimeSpan Steady = new StdioOptions().SteadyAfter + TimeSpan.FromSeconds(1);
    private static readonly TimeSpan Forgiven = new StdioOptions().ForgivenAfter + TimeSpan.FromSeconds(1);
    private const int MostSpawnsAMinute = 7;

    [LinuxFact]
    public async Task A_killed_child_is_usable_again_within_one_and_a_half_seconds()
    {
        await using var gateway = await GatewayProcess.StartAsync(new ServersFile().Sample("child"));
        await gateway.ListsToolsOfAsync("child");
        var times = new List<TimeSpan>();

        for (var round = 0; round < AcceptanceRun.Choose(1, 5); round++)
        {
            // A child that dies young, or one exit soon after another, may be a crash loop, which is slow on purpose.
            await Task.Delay(round == 0 ? Steady : Forgiven, TimeProvider.System);
            var pid = await gateway.Rest.PidAsync("child");
            Signal.Send("KILL", pid);
            times.Add(await Eventually.TrueAsync(
                async () => (await gateway.Rest.CallAsync("child", "echo", new { message = "back?" })).IsSuccess,
                TimeSpan.FromSeconds(20),
                "the child answers again"));
        }

        Report($"stdio child killed, usable again after {string.Join(", ", times.Select(time => FormattableString.Invariant($"{time.TotalMilliseconds:0} ms")))}");
        Assert.All(times, time => Assert.InRange(time, TimeSpan.Zero, BackWithin));
    }

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
