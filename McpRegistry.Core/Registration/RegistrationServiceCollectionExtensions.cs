using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;

namespace McpRegistry.Core.Registration;

/// <summary>Registers what registrations need.</summary>
public static class RegistrationServiceCollectionExtensions
{
    /// <summary>Adds <see cref="ISecretResolver"/> over the environment of this process.</summary>
    public static IServiceCollection AddRegistration(this IServiceCollection services)
    {
        services.TryAddSingleton<ISecretResolver>(new SecretResolver(Environment.GetEnvironmentVariable));
        return services;
    }
}
