using McpRegistry.Tests.Acceptance.Harness;

using Xunit.Abstractions;

namespace McpRegistry.Tests.Acceptance;

/// <summary>What REST has acknowledged is there after <c>kill -9</c>.</summary>
[Collection(AcceptanceRun.Processes)]
[Trait("Category", "Acceptance")]
public sealed class DurabilityTests(ITestOutputHelper output)
{
    // Nothing listens there; the services only have to be remembered.
    private static readonly Uri Nowhere = new("http://127.0.0.1:9/mcp");
    private const int Seed = 20261122;

    [LinuxFact]
    public async Task Every_acknowledged_registration_survives_a_killed_gateway()
    {
        var rounds = AcceptanceRun.Choose(3, 50);
        var random = new Random(Seed);
        var acknowledged = new List<string>();
        await using var gateway = await GatewayProcess.StartAsync(new ServersFile());

        for (var round = 0; round < rounds; round++)
        {
            var before = acknowledged.Count;
            var registering = RegisterUntilKilledAsync(gateway, round, acknowledged);
            await Eventually.TrueAsync(() => acknowledged.Count > before || registering.IsCompleted, TimeSpan.FromSeconds(20), "a registration is acknowledged");
            // The moment of the kill is the point: it must fall anywhere between two answers.
            await Task.Delay(TimeSpan.FromMilliseconds(random.Next(0, 100)), TimeProvider.System);
            await gateway.KillAsync();
            await registering;
            await gateway.RestartAsync();

            var remembered = (await gateway.Rest.ListAsync("/api/services")).Select(service => service.GetProperty("name").GetString()!);
            Assert.Equal([], acknowledged.Except(remembered));
        }

        var figure = $"kill -9 while registering, {rounds} rounds (seed {Seed}): {acknowledged.Count} acknowledged, 0 lost";
        output.WriteLine(figure);
        AcceptanceRun.Report(figure);
        Assert.NotEmpty(acknowledged);
    }

    private static async Task RegisterUntilKilledAsync(GatewayProcess gateway, int round, List<string> acknowledged)
    {
        for (var number = 0; ; number++)
        {
            var name = $"kept-{round}-{number}";
            if (!await gateway.Rest.TryRegisterAsync(name, Nowhere)) return;
            acknowledged.Add(name);
        }
    }
}
