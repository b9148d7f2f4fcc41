using McpRegistry.Tests.Acceptance.Harness;

namespace McpRegistry.Tests.Redis;

/// <summary>A real <c>redis-server --sentinel</c> that watches one master alone, and takes a second of silence for its end.</summary>
internal sealed class RedisSentinelProcess : IAsyncDisposable
{
    public const string MasterName = "registry";

    private readonly TemporaryFolder _folder = new();
    private readonly RunningProcess _process;

    private RedisSentinelProcess(int port, int masterPort)
    {
        Port = port;
        var file = _folder.File("sentinel.conf");
        File.WriteAllLines(file,
        [
            "bind 127.0.0.1",
            $"port {port}",
            $"dir {_folder.Path}",
            $"sentinel monitor {MasterName} 127.0.0.1 {masterPort} 1",
            $"sentinel down-after-milliseconds {MasterName} 1000",
            $"sentinel failover-timeout {MasterName} 3000",
        ]);
        _process = RunningProcess.Start("redis-server", [file, "--sentinel"]);
    }

    public int Port { get; }

    public string ConnectionString => $"127.0.0.1:{Port},serviceName={MasterName}";

    /// <summary>Starts it; it knows the replica as well when this returns.</summary>
    public static async Task<RedisSentinelProcess> StartAsync(RedisServerProcess master)
    {
        var sentinel = new RedisSentinelProcess(FreePort.Find(), master.Port);
        await Eventually.TrueAsync(
            () => sentinel._process.Output.Contains("+slave slave", StringComparison.Ordinal), TimeSpan.FromSeconds(20), "the sentinel knows master and replica");
        return sentinel;
    }

    public async ValueTask DisposeAsync()
    {
        await _process.DisposeAsync();
        _folder.Dispose();
    }
}
