using System.Net.Sockets;

using Microsoft.Extensions.Diagnostics.HealthChecks;

namespace McpRegistry.AppHost.Stores;

/// <summary>The Redis of this machine, where there is one.</summary>
internal static class RedisServer
{
    public const string Command = "redis-server";

    public static bool IsOnPath() => (Environment.GetEnvironmentVariable("PATH") ?? "").Split(Path.PathSeparator, StringSplitOptions.RemoveEmptyEntries)
        .Any(folder => File.Exists(Path.Combine(folder, Command)) || File.Exists(Path.Combine(folder, Command + ".exe")));

    public static async Task<HealthCheckResult> CheckAsync(EndpointReference endpoint, CancellationToken cancellationToken)
    {
        try
        {
            using var client = new TcpClient();
            await client.ConnectAsync("127.0.0.1", endpoint.Port, cancellationToken);
            await using var stream = client.GetStream();
            await stream.WriteAsync("PING\r\n"u8.ToArray(), cancellationToken);
            // +PONG, or that it wants a password: either way it is Redis and it answers.
            return await stream.ReadAsync(new byte[1], cancellationToken) == 1 ? HealthCheckResult.Healthy() : HealthCheckResult.Unhealthy("It hung up.");
        }
        catch (Exception refused) when (refused is SocketException or IOException)
        {
            return HealthCheckResult.Unhealthy(refused.Message);
        }
    }
}
