using McpRegistry.Tests.Acceptance.Harness;

namespace McpRegistry.Tests.Acceptance;

/// <summary>A gateway that is asked to stop finishes what it has begun, within its time.</summary>
[Collection(AcceptanceRun.Processes)]
[Trait("Category", "Acceptance")]
public sealed class StopTests
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(20);

    [LinuxFact]
    public async Task A_call_in_flight_is_answered_and_then_the_children_go()
    {
        await using var gateway = await StartAsync();
        var child = await gateway.Rest.PidAsync("svc");

        var slow = gateway.Rest.CallAsync("svc", "delay", new { ms = 3000 });
        await BeginsAsync(gateway);
        gateway.Send("TERM");

        Assert.True((await slow).IsSuccess);
        await Eventually.TrueAsync(() => gateway.HasExited, Patience, "the gateway ends");
        Assert.False(Directory.Exists($"/proc/{child}"));
    }

    [LinuxFact]
    public async Task A_call_that_takes_too_long_is_answered_before_the_gateway_ends()
    {
        await using var gateway = await StartAsync(("McpRegistry:Http:ShutdownTimeout", "00:00:05"));

        var endless = gateway.Rest.CallAsync("svc", "delay_unsafe", new { ms = 60_000 });
        await BeginsAsync(gateway);
        gateway.Send("TERM");
        var answer = await endless;

        Assert.Equal((503, "draining", true), (answer.Status, answer.Code, answer.MaybeExecuted));
        await Eventually.TrueAsync(() => gateway.HasExited, Patience, "the gateway ends");
    }

    [LinuxFact]
    public async Task A_second_signal_ends_it_at_once()
    {
        await using var gateway = await StartAsync(("McpRegistry:Http:DrainDelay", "00:00:20"));
        var endless = Record.ExceptionAsync(() => gateway.Rest.CallAsync("svc", "delay_unsafe", new { ms = 60_000 }));
        await BeginsAsync(gateway);

        gateway.Send("TERM");
        await Eventually.TrueAsync(async () => !await gateway.Rest.IsReadyAsync(), Patience, "it is not ready any more");
        Assert.False(gateway.HasExited);
        gateway.Send("TERM");

        await Eventually.TrueAsync(() => gateway.HasExited, TimeSpan.FromSeconds(8), "the gateway ends");
        await endless;
    }

    private static async Task<GatewayProcess> StartAsync(params (string Name, string Value)[] settings)
    {
        var gateway = await GatewayProcess.StartAsync(new ServersFile().Sample("svc"), settings.ToDictionary(one => one.Name, one => one.Value));
        await gateway.ListsToolsOfAsync("svc");
        return gateway;
    }

    private static Task<TimeSpan> BeginsAsync(GatewayProcess gateway) => Eventually.TrueAsync(
        async () => (await gateway.Rest.ListAsync("/api/services/svc/instances")).Any(one => one.GetProperty("in_flight").GetInt32() > 0),
        Patience,
        "the call is in flight");
}
