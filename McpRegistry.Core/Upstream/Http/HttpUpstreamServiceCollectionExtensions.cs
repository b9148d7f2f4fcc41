using McpRegistry.Core.Registration;
using McpRegistry.Core.Upstream.Http.Egress;

using Microsoft.Extensions.Configuration;
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
        services.AddOptions<EgressOptions>().BindConfiguration(EgressOptions.Section)
            .Configure<IConfiguration>(static (options, configuration) => options.Allow = InOneLine(configuration, $"{EgressOptions.Section}:Allow") ?? options.Allow)
            .Validate(
                options => options.Allow.All(entry => AllowedTarget.Parse(entry) is not null),
                $"{EgressOptions.Section}:Allow may hold networks (10.1.0.0/16), addresses and hosts with or without a port (host:8080), *.name, and 'public'.")
            .ValidateOnStart();
        services.TryAddEnumerable(ServiceDescriptor.Singleton<IReservedEndpoints, CredentialEndpoints>(static _ => new CredentialEndpoints(Environment.GetEnvironmentVariable)));
        services.TryAddSingleton(static provider => new EgressHandler(EgressGuard.ForNetwork(ProfileOf(provider), provider.GetServices<IReservedEndpoints>()), ProxyOf(provider)));
        services.TryAddSingleton<HttpInstanceClientFactory>();
        services.TryAddSingleton<ReplicaForwarder>();
        return services;
    }

    // A list may stand in one value as well, as people write it in a variable or on the command line; the binder passes that over.
    internal static IList<string>? InOneLine(IConfiguration configuration, string setting) =>
        configuration[setting] is { Length: > 0 } line ? line.Split(',', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries) : null;

    // Who can reach a gateway of a trusted network is not on its machine, and has no business with that machine's own network.
    private static EgressProfile? ProfileOf(IServiceProvider provider) => EgressProfile.Of(
        provider.GetRequiredService<IOptions<EgressOptions>>().Value, provider.GetService<IConfiguration>()?.GetValue<bool>("McpRegistry:Http:TrustedNetwork") ?? false);

    // Who reaches nothing but replicas has nobody to resolve references.
    private static UpstreamProxy? ProxyOf(IServiceProvider provider) =>
        provider.GetRequiredService<IOptions<UpstreamOptions>>().Value is { Proxy: not null } options ? UpstreamProxy.Of(options, provider.GetRequiredService<ISecretResolver>()) : null;
}
