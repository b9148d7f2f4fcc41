using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Options;

namespace McpRegistry.Core.Buffers;

/// <summary>Registers what is held in memory on its way through.</summary>
public static class BufferServiceCollectionExtensions
{
    /// <summary>Adds the one <see cref="ByteBudget"/> of the process.</summary>
    public static IServiceCollection AddByteBudget(this IServiceCollection services)
    {
        services.AddOptions<BufferOptions>().BindConfiguration(BufferOptions.Section).ValidateDataAnnotations().ValidateOnStart();
        services.TryAddSingleton(provider => new ByteBudget(provider.GetRequiredService<IOptions<BufferOptions>>().Value.MaxBytes));
        return services;
    }
}
