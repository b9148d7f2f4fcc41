using System.Net;

using Microsoft.AspNetCore.Server.Kestrel.Core;

namespace McpRegistry.Api.Hosting;

/// <summary>Without an authentication scheme the gateway listens where only this machine can reach it, or not at all.</summary>
internal static class ListenRule
{
    private static readonly string[] Settings = ["urls", "http_ports", "https_ports"];

    /// <summary>True when someone said where to listen.</summary>
    public static bool IsConfigured(IConfiguration configuration) =>
        Settings.Any(setting => !string.IsNullOrWhiteSpace(configuration[setting])) || configuration.GetSection("Kestrel:Endpoints").Exists();

    /// <summary>Called by Kestrel for every endpoint before it is bound, whichever setting it comes from.</summary>
    /// <exception cref="StartRefusedException">The endpoint can be reached from other machines.</exception>
    public static void Check(ListenOptions endpoint)
    {
        // A Unix socket or a named pipe has no IP endpoint, and its own permissions.
        if (endpoint.IPEndPoint is not { } address || IPAddress.IsLoopback(address.Address)) return;
        throw new StartRefusedException(
            $"'{address}' can be reached from other machines, and no authentication scheme is configured. "
            + $"Listen on localhost: set ASPNETCORE_URLS (or --urls) to http://localhost:{address.Port}.");
    }
}

/// <summary>The gateway will not start like this. The message is for the operator and says what to change.</summary>
internal sealed class StartRefusedException(string message) : Exception(message);
