using McpRegistry.Core.Registration;
using McpRegistry.ServiceDefaults.Hosting;

using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;
using Microsoft.Extensions.Logging.Console;

namespace McpRegistry.StdioBridge;

/// <summary>What whoever looks at the bridge's console sees, such as the Aspire dashboard: the server's comings and goings, and its stderr where that is asked for.</summary>
internal static partial class BridgeConsole
{
    // The category of the lines that children write to stderr; its type is internal to Core.
    private const string Stderr = "McpRegistry.Core.Upstream.Stdio.StderrTail";

    public static WebApplicationBuilder AddBridgeConsole(this WebApplicationBuilder builder, ServiceRegistration registration)
    {
        builder.AddDefaultLogLevels((Stderr, builder.Configuration.GetValue<bool>($"{BridgeOptions.Section}:{nameof(BridgeOptions.ShowStderr)}") ? "Debug" : "Information"));
        // As the name in traces, unless the environment gives one.
        builder.Configuration["OTEL_SERVICE_NAME"] ??= registration.Name;
        builder.Logging.AddConsole(console => console.FormatterName = OneLineFormatter.FormatterName);
        builder.Logging.AddConsoleFormatter<OneLineFormatter, ConsoleFormatterOptions>();
        return builder;
    }

    /// <summary>Says where the server is to be found, once it is.</summary>
    public static WebApplication TellAddress(this WebApplication app, ServiceRegistration registration)
    {
        app.Lifetime.ApplicationStarted.Register(() =>
        {
            // Of the command only the program: arguments may hold what is nobody's business.
            foreach (var address in app.Services.GetRequiredService<IServer>().Features.Get<IServerAddressesFeature>()?.Addresses ?? [])
                LogAddress(app.Logger, registration.Name, address, registration.Config.Command!);
        });
        return app;
    }

    [LoggerMessage(Level = LogLevel.Information, Message = "{Service} is served at {Address}/mcp by {Command}")]
    private static partial void LogAddress(ILogger logger, string service, string address, string command);
}
