using McpRegistry.Core.Storage;
using McpRegistry.Tests.Redis;

namespace McpRegistry.Tests.Storage;

/// <summary>The contract, kept by several processes on one Redis.</summary>
[NeedsRedis]
public sealed class RedisRegistryStoreTests : RegistryStoreContract, IAsyncLifetime
{
    private readonly List<RedisProcess> _processes = [];
    private RedisServerProcess _server = null!;
    private int _opened;

    public async Task InitializeAsync()
    {
        _server = await RedisServerProcess.StartAsync();
        // The contract opens at most three at once.
        for (var i = 0; i < 3; i++)
        {
            var process = await RedisProcess.OpenAsync(_server.ConnectionString);
            _processes.Add(process);
            // On a busy machine a process may start before it is connected.
            await process.UpAsync(withinSeconds: 60);
            await process.SeededAsync();
        }
    }

    public async Task DisposeAsync()
    {
        foreach (var process in _processes) await process.DisposeAsync();
        await _server.DisposeAsync();
    }

    private protected override IRegistryStore OpenStore() => _processes[_opened++ % _processes.Count].Store;
}
