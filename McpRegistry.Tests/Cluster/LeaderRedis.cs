using McpRegistry.Tests.Redis;
using McpRegistry.Tests.Storage;

namespace McpRegistry.Tests.Cluster;

/// <summary>A process's Redis that is patient: how short commands may take is for other tests, and a busy machine must not decide these.</summary>
internal static class LeaderRedis
{
    public static async Task<RedisProcess> OpenAsync(RedisServerProcess server)
    {
        var process = await RedisProcess.OpenAsync(server.ConnectionString, ("CommandTimeout", "00:00:10"));
        await process.UpAsync();
        return process;
    }
}
