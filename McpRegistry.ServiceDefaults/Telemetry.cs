using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

using OpenTelemetry.Exporter;
using OpenTelemetry.Logs;
using OpenTelemetry.Metrics;
using OpenTelemetry.Resources;
using OpenTelemetry.Trace;

namespace McpRegistry.ServiceDefaults;

/// <summary>Traces, metrics and logs over OTLP. Without a destination nothing is registered, so that a call pays nothing for it.</summary>
internal static class Telemetry
{
    // The activity source and the meter of McpRegistry.Core (RegistryTelemetry.Name); this project does not reference Core.
    private const string RegistrySource = "McpRegistry";

    // RegistryTelemetry.ProbesName.
    private const string ProbesSource = "McpRegistry.Probes";

    // Source and meter of the MCP SDK for .NET, for servers that are written with it.
    private const string SdkSource = "Experimental.ModelContextProtocol";

    public static void AddTelemetry(this IHostApplicationBuilder builder)
    {
        var settings = builder.Configuration.GetSection(TelemetryOptions.Section).Get<TelemetryOptions>() ?? new TelemetryOptions();
        var destinations = Destinations(builder.Configuration, settings);
        if (destinations.Count == 0)
        {
            // With this logger enabled ASP.NET Core makes an activity and a log scope for every request, read by nobody.
            builder.Logging.AddFilter("Microsoft.AspNetCore.Hosting.Diagnostics", LogLevel.None);
            return;
        }

        builder.Services.AddOpenTelemetry()
            // The environment last, so that it wins: by the name and the instance id that Aspire gives, the dashboard knows the resource.
            .ConfigureResource(resource => resource.AddService("mcp-registry").AddEnvironmentVariableDetector())
            .WithTracing(tracing =>
            {
                tracing.AddSource(RegistrySource, SdkSource)
                    .AddAspNetCoreInstrumentation(options => options.Filter = context => !context.Request.Path.StartsWithSegments(HealthEndpoints.Path))
                    .AddHttpClientInstrumentation();
                if (settings.Probes) tracing.AddSource(ProbesSource);
                foreach (var one in destinations) tracing.AddOtlpExporter(one.NameFor("traces"), options => one.Apply(options, "traces"));
            })
            .WithMetrics(metrics =>
            {
                metrics.AddMeter(RegistrySource, SdkSource).AddAspNetCoreInstrumentation().AddHttpClientInstrumentation().AddRuntimeInstrumentation();
                foreach (var one in destinations) metrics.AddOtlpExporter(one.NameFor("metrics"), options => one.Apply(options, "metrics"));
            });
        builder.Logging.AddOpenTelemetry(logging =>
        {
            logging.IncludeFormattedMessage = true;
            logging.IncludeScopes = true;
            foreach (var one in destinations) logging.AddOtlpExporter(one.NameFor("logs"), options => one.Apply(options, "logs"));
        });
    }

    private static List<Destination> Destinations(IConfiguration configuration, TelemetryOptions options)
    {
        var found = new List<Destination>(2);
        // The exporter itself reads the OTEL_EXPORTER_OTLP_* variables.
        if (!string.IsNullOrWhiteSpace(configuration["OTEL_EXPORTER_OTLP_ENDPOINT"])) found.Add(new Destination("otlp", null, null));
        if (!string.IsNullOrWhiteSpace(options.LogfireToken)) found.Add(new Destination("logfire", options.LogfireEndpoint, options.LogfireToken));
        return found;
    }

    private sealed record Destination(string Name, Uri? Base, string? Token)
    {
        // The three signals would share options of one name, and the last one's path.
        public string NameFor(string signal) => $"{Name}-{signal}";

        public void Apply(OtlpExporterOptions options, string signal)
        {
            if (Base is null) return;
            // Logfire takes OTLP over HTTP only, and an exporter with its own endpoint does not append the signal's path.
            options.Protocol = OtlpExportProtocol.HttpProtobuf;
            options.Endpoint = new Uri($"{Base.AbsoluteUri.TrimEnd('/')}/v1/{signal}");
            options.Headers = "Authorization=" + Token;
        }
    }
}
