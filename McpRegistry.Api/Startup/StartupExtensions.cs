using McpRegistry.Core.Storage.Redis;
using McpRegistry.ServiceDefaults;

using Microsoft.Extensions.Configuration.Memory;

namespace McpRegistry.Api.Startup;

/// <summary>What whoever started the gateway sees of it.</summary>
internal static class StartupExtensions
{
    // Below every other source, so that files, variables and arguments still decide.
    private static readonly Dictionary<string, string?> DefaultLogLevels = new()
    {
        ["Logging:LogLevel:Default"] = "Information",
        ["Logging:LogLevel:Microsoft.AspNetCore"] = "Warning",
        ["Logging:LogLevel:Microsoft.Hosting.Lifetime"] = "Warning",
        ["Logging:LogLevel:System.Net.Http.HttpClient"] = "Warning",
    };

    public static WebApplicationBuilder AddStartupReport(this WebApplicationBuilder builder)
    {
        ((IConfigurationBuilder)builder.Configuration).Sources.Insert(0, new MemoryConfigurationSource { InitialData = DefaultLogLevels });
        builder.Logging.AddSimpleConsole(console =>
        {
            console.SingleLine = true;
            console.TimestampFormat = "HH:mm:ss ";
        });
        builder.Services.AddSingleton(Console.Out);
        builder.Services.AddHostedService<StartupReport>();
        var checks = builder.Services.AddHealthChecks().AddCheck<RegistryLoaded>("registry", tags: [HealthEndpoints.Ready]);
        if (builder.Configuration.GetConnectionString(RedisOptions.ConnectionName) is not { Length: > 0 }) return builder;
        builder.Services.AddSingleton<FirstRound>();
        checks.AddCheck<FirstRound>("first-round", tags: [HealthEndpoints.Ready]);
        return builder;
    }
}
