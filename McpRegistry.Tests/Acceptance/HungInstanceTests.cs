using McpRegistry.Tests.Acceptance.Harness;
using McpRegistry.Tests.Samples;

using Xunit.Abstractions;

namespace McpRegistry.Tests.Acceptance;

/// <summary>An instance that accepts and never answers, the ordinary way for an MCP server to fail.</summary>
[Collection(AcceptanceRun.Collection)]
[Trait("Category", "Acceptance")]
public sealed class HungInstanceTests(ITestOutputHelper output)
{
    private static readonly TimeSpan OutWithin = TimeSpan.FromSeconds(10);
    private static readonly TimeSpan WarmUp = TimeSpan.FromSeconds(2);
    private static readonly TimeSpan Baseline = AcceptanceRun.Choose(TimeSpan.FromSeconds(4), TimeSpan.FromSeconds(15));

    // 1.2 times its own baseline is the goal; a shared machine with two cores needs room for its noise.
    private static readonly (double Times, TimeSpan Plus) Unharmed = AcceptanceRun.Choose((2.0, TimeSpan.FromMilliseconds(50)), (1.5, TimeSpan.FromMilliseconds(10)));

    [LinuxFact]
    public async Task A_frozen_instance_is_out_within_ten_seconds_and_harms_no_other_service()
    {
        await using var well = await SampleServerProcess.StartHttpAsync("--name", "well");
        await using var frozen = await SampleServerProcess.StartHttpAsync("--name", "frozen");
        await using var other = await SampleServerProcess.StartHttpAsync("--name", "other");
        await using var gateway = await GatewayProcess.StartAsync(new ServersFile().Http("svc", well.Endpoint, frozen.Endpoint).Http("other", other.Endpoint));
        await gateway.ListsToolsOfAsync("svc", "other");
        // The first calls wait for the compiler; counted in, they would make any later latency look good.
        await new OpenLoop(100, "warm-up").RunAsync(WarmUp, id => gateway.Rest.CallAsync("other", "echo", new { message = id }));
        var before = await new OpenLoop(50, "before").RunAsync(Baseline, id => gateway.Rest.CallAsync("other", "echo", new { message = id }));

        frozen.Stop();
        var toFrozen = new OpenLoop(50, "frozen").RunAsync(OutWithin + TimeSpan.FromSeconds(5), id => gateway.Rest.CallAsync("svc", "echo", new { message = id }));
        var during = new OpenLoop(50, "during").RunAsync(OutWithin, id => gateway.Rest.CallAsync("other", "echo", new { message = id }));
        var outAfter = await Eventually.TrueAsync(
            async () => (await gateway.Rest.InstanceHealthAsync("svc")).Any(one => one.Value == "unhealthy"),
            OutWithin,
            "the frozen instance is out");
        var whileFrozen = await during;
        frozen.Continue();
        var ofFrozen = await toFrozen;

        Report($"SIGSTOP one of two at 50 calls/s: out after {outAfter.TotalSeconds:0.0} s; its service: {CallRecord.Describe(ofFrozen)}");
        Report($"another service meanwhile: {CallRecord.Describe(whileFrozen)}; before: {CallRecord.Describe(before)}");
        Assert.Equal([], ofFrozen.Where(call => !call.IsSuccess));
        Assert.Equal([], whileFrozen.Where(call => !call.IsSuccess));
        Assert.InRange(CallRecord.Percentile(whileFrozen, 0.99), TimeSpan.Zero, CallRecord.Percentile(before, 0.99) * Unharmed.Times + Unharmed.Plus);
    }

    private void Report(string figure)
    {
        output.WriteLine(figure);
        AcceptanceRun.Report(figure);
    }
}
