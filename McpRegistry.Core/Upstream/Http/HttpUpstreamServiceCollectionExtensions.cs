using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;

namespace McpRegistry.Core.Upstream.Http;

/// <summary>Registers what reaches instances by HTTP.</summary>
public static class HttpUpstreamServiceCollectionExtensions
{
    /// <summary>Adds <see cref="HttpInstanceClientFactory"/>, <see cref="ReplicaForwarder"/> and the one <see cref="EgressHandler"/> of the process.</summary>
    public static IServiceCollection AddHttpUpstream(this IServiceCollection services)
    {
        services.TryAddSingleton(static _ => new EgressHandler(EgressGuard.ForLocalProfile()));
        services.TryAddSingleton<HttpInstanceClientFactory>();
        services.TryAddSingleton<ReplicaForwarder>();
        return services;
    }
}
