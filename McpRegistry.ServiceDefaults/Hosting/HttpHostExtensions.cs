using McpRegistry.ServiceDefaults.Hosting.Connections;

using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Cors.Infrastructure;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;

namespace McpRegistry.ServiceDefaults.Hosting;

/// <summary>The HTTP server of every process: where it listens, what it takes at most, and who stands at the door.</summary>
public static class HttpHostExtensions
{
    /// <summary>Adds the server with its limits. It listens on loopback only, unless <c>McpRegistry:Http:TrustedNetwork</c> says otherwise.</summary>
    /// <param name="builder">The process.</param>
    /// <param name="defaultUrl">Where it listens when nobody says where.</param>
    public static WebApplicationBuilder AddHttpHost(this WebApplicationBuilder builder, string defaultUrl)
    {
        var options = builder.Configuration.GetSection(HttpHostOptions.Section).Get<HttpHostOptions>() ?? new HttpHostOptions();
        builder.Services.AddOptionsWithValidateOnStart<HttpHostOptions>().BindConfiguration(HttpHostOptions.Section)
            .Configure<IConfiguration>(static (one, configuration) =>
            {
                // A list may stand in one value as well, as people write it in a variable or on the command line; the binder passes that over.
                one.AllowedHosts = InOneLine(configuration, nameof(one.AllowedHosts)) ?? one.AllowedHosts;
                one.AllowedOrigins = InOneLine(configuration, nameof(one.AllowedOrigins)) ?? one.AllowedOrigins;
            })
            .ValidateDataAnnotations()
            .Validate(
                one => one.TrustedNetwork || !one.AllowedHosts.Contains(HttpHostOptions.AnyHost),
                $"{HttpHostOptions.Section}:AllowedHosts may hold * only with {HttpHostOptions.Section}:TrustedNetwork: on loopback it would let in any page that rebinds its name.")
            .Validate(
                one => Array.TrueForAll(one.AllowedOrigins, origin => PageOrigins.Normalize(origin) is not null),
                $"{HttpHostOptions.Section}:AllowedOrigins may hold origins only, each as scheme, host and port of one site: https://app.example or http://localhost:6274.");
        builder.Services.Configure<HostOptions>(host => host.ShutdownTimeout = options.ShutdownTimeout);
        builder.Services.AddSingleton(TimeProvider.System);
        builder.Services.AddSingleton<PageOrigins>();
        builder.Services.AddSingleton<LocalhostGuard>();
        builder.Services.AddSingleton<ICorsPolicyProvider, PagePolicy>();
        builder.Services.AddCors();

        if (!ListenRule.IsConfigured(builder.Configuration)) builder.WebHost.UseUrls(defaultUrl);
        builder.WebHost.UseKestrelHttpsConfiguration();
        builder.WebHost.ConfigureKestrel(kestrel =>
        {
            kestrel.AddServerHeader = false;
            kestrel.Limits.MaxRequestBodySize = options.MaxRequestBytes;
            kestrel.Limits.MaxRequestHeadersTotalSize = 32 * 1024;
            kestrel.Limits.MaxRequestHeaderCount = 100;
            kestrel.Limits.RequestHeadersTimeout = TimeSpan.FromSeconds(10);
            // A client that sends or reads more slowly keeps what comes and goes in our memory.
            kestrel.Limits.MinRequestBodyDataRate = new MinDataRate(bytesPerSecond: 1024, gracePeriod: TimeSpan.FromSeconds(10));
            kestrel.Limits.MinResponseDataRate = new MinDataRate(bytesPerSecond: 10 * 1024, gracePeriod: TimeSpan.FromSeconds(10));
            // Counted by ConnectionPlaces, which keeps a door for probes; this is only the end of all.
            kestrel.Limits.MaxConcurrentConnections = options.MaxConnections + 16L * ProbeDoor.Places;
            var connections = new ConnectionPlaces(options.MaxConnections, ProbeDoor.Places);
            kestrel.ConfigureEndpointDefaults(endpoint =>
            {
                // Without TLS there is no negotiation, and every MCP client speaks HTTP/1.1.
                endpoint.Protocols = HttpProtocols.Http1;
                endpoint.Use(next => connection => connections.ServeAsync(connection, next));
                if (!options.TrustedNetwork) ListenRule.Check(endpoint);
            });
        });
        return builder;
    }

    private static string[]? InOneLine(IConfiguration configuration, string setting) =>
        configuration[$"{HttpHostOptions.Section}:{setting}"] is { Length: > 0 } line ? line.Split(',', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries) : null;

    /// <summary>Puts the guard before everything that is mapped later, and tells browsers what the pages of <c>AllowedOrigins</c> may do.</summary>
    /// <param name="app">The process.</param>
    /// <param name="refuse">Answers 403 with this sentence, on any path but <c>/mcp</c>. Null: a plain text does.</param>
    public static WebApplication UseLocalhostGuard(this WebApplication app, Func<HttpContext, string, Task>? refuse = null)
    {
        app.Use(AnswerHeaders.Wrap);
        app.Use(ProbeDoor.Wrap);
        // Made when the server starts: settings that make no sense have been refused by then.
        app.Use(next => app.Services.GetRequiredService<LocalhostGuard>().Wrap(next, WithCors(app, next), refuse));
        return app;
    }

    // Behind the guard: a page that may not call gets no word of CORS either.
    private static RequestDelegate WithCors(WebApplication app, RequestDelegate next)
    {
        var pages = ((IApplicationBuilder)app).New();
        pages.UseCors();
        pages.Run(next);
        return pages.Build();
    }
}
