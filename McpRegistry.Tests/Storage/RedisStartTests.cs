using McpRegistry.Tests.Acceptance.Harness;
using McpRegistry.Tests.Redis;

namespace McpRegistry.Tests.Storage;

/// <summary>The real gateway, started on a Redis that it must not use.</summary>
// A start waits two seconds for Redis, and a busy machine takes longer to connect.
[Collection(AcceptanceRun.Collection)]
public sealed class RedisStartTests
{
    [RedisFact]
    public async Task A_gateway_with_a_wrong_password_ends_with_one_line_that_does_not_show_it()
    {
        await using var server = await RedisServerProcess.StartAsync(new RedisServerSettings { Password = "right-password" });

        await using var gateway = GatewayProcess.Launch(
            new ServersFile(), new Dictionary<string, string> { ["ConnectionStrings:redis"] = $"127.0.0.1:{server.Port},password=wrong-password" });
        await Eventually.TrueAsync(() => gateway.HasExited, TimeSpan.FromSeconds(90), "the gateway ended");

        var line = Assert.Single(gateway.Output.Split(Environment.NewLine), line => line.StartsWith("Refusing to start: ", StringComparison.Ordinal));
        Assert.Contains($"Redis at 127.0.0.1:{server.Port} must not be used: it does not let us in", line, StringComparison.Ordinal);
        Assert.DoesNotContain("wrong-password", gateway.Output, StringComparison.Ordinal);
        Assert.DoesNotContain("   at ", gateway.Output, StringComparison.Ordinal);
    }
}
