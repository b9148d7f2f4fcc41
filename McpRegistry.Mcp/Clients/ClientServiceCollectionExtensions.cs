using McpRegistry.Core.Buffers;
using McpRegistry.Core.Clients;

using Microsoft.Extensions.DependencyInjection.Extensions;

namespace McpRegistry.Mcp.Clients;

/// <summary>Registers what stands between clients.</summary>
public static class ClientServiceCollectionExtensions
{
    /// <summary>Adds <see cref="ClientWriter"/> with its limits. Needs a clock.</summary>
    public static IServiceCollection AddClientWriter(this IServiceCollection services)
    {
        services.AddOptions<ClientOptions>().BindConfiguration(ClientOptions.Section).ValidateDataAnnotations().ValidateOnStart();
        services.AddByteBudget();
        services.TryAddSingleton<ClientWriter>();
        return services;
    }
}
