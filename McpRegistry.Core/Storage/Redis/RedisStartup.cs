using Microsoft.Extensions.Hosting;

namespace McpRegistry.Core.Storage.Redis;

/// <summary>Opens the connection before any other part starts.</summary>
internal sealed class RedisStartup(RedisConnection redis) : IHostedLifecycleService
{
    public Task StartingAsync(CancellationToken cancellationToken) => redis.OpenAsync(cancellationToken);

    public Task StartAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task StartedAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task StoppingAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task StoppedAsync(CancellationToken cancellationToken) => Task.CompletedTask;
}
