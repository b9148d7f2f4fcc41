using McpRegistry.Core.Storage.Redis;
using McpRegistry.ServiceDefaults;
using McpRegistry.ServiceDefaults.Hosting;

namespace McpRegistry.Api.Startup;

/// <summary>What whoever started the gateway sees of it.</summary>
internal static class StartupExtensions
{
    public static WebApplicationBuilder AddStartupReport(this WebApplicationBuilder builder)
    {
        builder.AddDefaultLogLevels();
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
        builder.Services.AddHostedService(provider => provider.GetRequiredService<FirstRound>());
        checks.AddCheck<FirstRound>("first-round", tags: [HealthEndpoints.Ready]);
        return builder;
    }
}
