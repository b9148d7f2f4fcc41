namespace McpRegistry.SampleServer.Hosting;

/// <summary>Replaces the console lifetime, which would stop the host on SIGTERM.</summary>
internal sealed class DeafLifetime : IHostLifetime
{
    public Task WaitForStartAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;
}
