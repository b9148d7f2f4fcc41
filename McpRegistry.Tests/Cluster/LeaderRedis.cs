using McpRegistry.Tests.Redis;
using McpRegistry.Tests.Storage;

namespace McpRegistry.Tests.Cluster;

/// <summary>A process's Redis, in use.</summary>
internal static class LeaderRedis
{
    public static async Task<RedisProcess> OpenAsync(RedisServerProcess server)
    {
        var process = await RedisProcess.OpenAsync(server.ConnectionString);
        await process.UpAsync();
        return process;
    }
}
