using Microsoft.Extensions.DependencyInjection;

using OpenTelemetry.Instrumentation.StackExchangeRedis;
using OpenTelemetry.Trace;

using StackExchange.Redis;

namespace McpRegistry.ServiceDefaults;

/// <summary>Spans of what a process asks of Redis: the name of the command and the server, never a key or a value.</summary>
public static class RedisTelemetry
{
    private const string SourceName = "OpenTelemetry.Instrumentation.StackExchangeRedis";

    /// <summary>Records commands, as soon as a client is given to <see cref="TraceRedis"/>, below the request or call that they serve.</summary>
    /// <param name="services">Those of the process.</param>
    /// <param name="background">
    /// Whether commands that serve no request are recorded as well, each as a trace of its own. There are several each second, so by
    /// default they are not. Pings never are.
    /// </param>
    public static IServiceCollection AddRedisTelemetry(this IServiceCollection services, bool background = false)
    {
        services.Configure<StackExchangeRedisInstrumentationOptions>(options => options.Filter =
            command => command.ProfiledCommand.Command != "PING" && (background || command.ParentActivity is not null));
        return services.ConfigureOpenTelemetryTracerProvider(tracing => tracing
            // Not AddRedisInstrumentation, which resolves a client at the start and so would make a second one.
            .AddSource(SourceName)
            .ConfigureRedisInstrumentation(_ => { })
            .AddInstrumentation(provider => provider.GetRequiredService<StackExchangeRedisInstrumentation>()));
    }

    /// <summary>Begins to record the commands of a client, until what this gives is disposed. Null: traces go nowhere, and nothing is recorded.</summary>
    public static IDisposable? TraceRedis(this IServiceProvider services, IConnectionMultiplexer client) =>
        services.GetService<TracerProvider>() is null ? null : services.GetRequiredService<StackExchangeRedisInstrumentation>().AddConnection(client);
}
