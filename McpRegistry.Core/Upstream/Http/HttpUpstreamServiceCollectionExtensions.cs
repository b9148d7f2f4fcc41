using McpRegistry.Core.Registration;
using McpRegistry.Core.Upstream.Http.Egress;

using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Options;

namespace McpRegistry.Core.Upstream.Http;

/// <summary>Registers what reaches instances by HTTP.</summary>
public static class HttpUpstreamServiceCollectionExtensions
{
    /// <summary>Adds <see cref="HttpInstanceClientFactory"/>, <see cref="ReplicaForwarder"/> and the one <see cref="EgressHandler"/> of the process.</summary>
    public static IServiceCollection AddHttpUpstream(this IServiceCollection services)
    {
        services.TryAddSingleton(static provider => new EgressHandler(EgressGuard.ForLocalProfile(), ProxyOf(provider)));
        services.TryAddSingleton<HttpInstanceClientFactory>();
        services.TryAddSingleton<ReplicaForwarder>();
        return services;
    }

    // Who reaches nothing but replicas has nobody to resolve references.
    private static UpstreamProxy? ProxyOf(IServiceProvider provider) =>
        provider.GetRequiredService<IOptions<UpstreamOptions>>().Value is { Proxy: not null } options ? UpstreamProxy.Of(options, provider.GetRequiredService<ISecretResolver>()) : null;
}
