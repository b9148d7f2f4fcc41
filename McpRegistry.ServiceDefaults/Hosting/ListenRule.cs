using System.Net;

using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.Extensions.Configuration;

namespace McpRegistry.ServiceDefaults.Hosting;

/// <summary>
/// Without an authentication scheme a process listens where only this machine can reach it, or not at all; unless an operator
/// vouches for the network (<see cref="HttpHostOptions.TrustedNetwork"/>).
/// </summary>
internal static class ListenRule
{
    /// <summary>True when someone said where to listen.</summary>
    public static bool IsConfigured(IConfiguration configuration) => Configured(configuration).Any();

    /// <summary>Why the process must not start with these settings; null when it may. Asked before any child process is started.</summary>
    public static string? Refusal(IConfiguration configuration)
    {
        if (configuration.GetValue<bool>($"{HttpHostOptions.Section}:{nameof(HttpHostOptions.TrustedNetwork)}")) return null;
        foreach (var (setting, address) in Configured(configuration))
            if (!IsLoopback(address)) return RefusalOf($"'{address}' ({setting})");
        return null;
    }

    /// <summary>The same rule at the socket: called by Kestrel for every endpoint before it is bound, wherever it comes from.</summary>
    /// <exception cref="InvalidOperationException">The endpoint can be reached from other machines.</exception>
    public static void Check(ListenOptions endpoint)
    {
        // A Unix socket or a named pipe has no IP endpoint, and its own permissions.
        if (endpoint.IPEndPoint is not { } address || IPAddress.IsLoopback(address.Address)) return;
        throw new InvalidOperationException(RefusalOf($"'{address}'"));
    }

    private static string RefusalOf(string what) =>
        $"{what} can be reached from other machines, and no authentication scheme is configured. Listen on localhost (ASPNETCORE_URLS=http://localhost:PORT); "
        + $"or, only where the network itself limits who can reach the port, such as the internal network of a container environment, set {HttpHostOptions.Section}:{nameof(HttpHostOptions.TrustedNetwork)} to true: whoever reaches it may then call.";

    private static IEnumerable<(string Setting, string Address)> Configured(IConfiguration configuration)
    {
        var urls = Split(configuration["urls"]);
        foreach (var address in urls) yield return ("urls, ASPNETCORE_URLS or --urls", address);
        // Ports alone mean every network address (http://*:8080), and container images set one; where there are urls, the server ignores them.
        foreach (var port in urls.Length > 0 ? [] : Split(configuration["http_ports"])) yield return ("ASPNETCORE_HTTP_PORTS", $"http://*:{port}");
        foreach (var port in urls.Length > 0 ? [] : Split(configuration["https_ports"])) yield return ("ASPNETCORE_HTTPS_PORTS", $"https://*:{port}");
        foreach (var endpoint in configuration.GetSection("Kestrel:Endpoints").GetChildren())
            yield return (endpoint.Path + ":Url", endpoint["Url"] ?? "");
    }

    private static bool IsLoopback(string address)
    {
        if (address.StartsWith("http://unix:", StringComparison.OrdinalIgnoreCase) || address.StartsWith("http://pipe:", StringComparison.OrdinalIgnoreCase)) return true;
        var host = BindingAddress.Parse(address).Host;
        return host.Equals("localhost", StringComparison.OrdinalIgnoreCase) || (IPAddress.TryParse(host, out var ip) && IPAddress.IsLoopback(ip));
    }

    private static string[] Split(string? setting) => (setting ?? "").Split(';', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries);
}
