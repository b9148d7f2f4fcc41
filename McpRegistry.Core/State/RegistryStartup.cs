using Microsoft.Extensions.Hosting;

namespace McpRegistry.Core.State;

/// <summary>Brings the stored registrations back before anything else starts.</summary>
internal sealed class RegistryStartup(ServiceRegistry registry) : IHostedService
{
    public Task StartAsync(CancellationToken cancellationToken) => registry.LoadAsync(cancellationToken);

    public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;
}
