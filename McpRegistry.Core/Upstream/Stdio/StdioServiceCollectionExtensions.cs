using McpRegistry.Core.Upstream.Http;

using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;

namespace McpRegistry.Core.Upstream.Stdio;

/// <summary>Registers what stdio services need.</summary>
public static class StdioServiceCollectionExtensions
{
    /// <summary>Adds child processes as upstreams. Wants an <see cref="Registration.ISecretResolver"/> and a <see cref="Random"/> that many threads may use.</summary>
    public static IServiceCollection AddStdioUpstream(this IServiceCollection services)
    {
        services.AddOptions<UpstreamOptions>().BindConfiguration(UpstreamOptions.Section)
            .Configure<IConfiguration>(static (options, configuration) => options.NoProxy = HttpUpstreamServiceCollectionExtensions.InOneLine(configuration, $"{UpstreamOptions.Section}:NoProxy") ?? options.NoProxy)
            .ValidateDataAnnotations().ValidateOnStart();
        services.AddOptions<StdioOptions>().BindConfiguration(StdioOptions.Section).ValidateDataAnnotations()
            .Validate(options => options.RestartDelay <= options.MaxRestartDelay, $"{StdioOptions.Section}:RestartDelay must not be longer than {StdioOptions.Section}:MaxRestartDelay.")
            .Validate(options => options.SteadyAfter <= options.ForgivenAfter, $"{StdioOptions.Section}:SteadyAfter must not be longer than {StdioOptions.Section}:ForgivenAfter.")
            .ValidateOnStart();
        services.TryAddSingleton(TimeProvider.System);
        services.TryAddSingleton<OrphanWatchdog>();
        services.TryAddSingleton<NpxEntryPoints>();
        services.TryAddSingleton<ChildLauncher>();
        services.TryAddSingleton<StdioClientFactory>();
        return services;
    }
}
