using System.Net;

using McpRegistry.Core.Registration;

using Microsoft.Extensions.Options;

namespace McpRegistry.Core.Upstream.Http.Egress;

/// <summary>The proxy through which upstreams beyond this machine are reached, and the hosts that are reached without it.</summary>
internal sealed class UpstreamProxy(IWebProxy server, IReadOnlyList<string> exceptions)
{
    private const string OfEnvironment = "environment";

    /// <summary>What is asked for the way to an address.</summary>
    public IWebProxy Server => server;

    /// <summary>The proxy of the settings. Null: none is wanted.</summary>
    /// <exception cref="OptionsValidationException">The setting is no address of a proxy.</exception>
    public static UpstreamProxy? Of(UpstreamOptions options, ISecretResolver secrets)
    {
        if (string.IsNullOrWhiteSpace(options.Proxy)) return null;
        IReadOnlyList<string> exceptions = [.. options.NoProxy.Select(one => one.Trim().TrimStart('*')).Where(one => one.Length > 0)];
        if (options.Proxy.Equals(OfEnvironment, StringComparison.OrdinalIgnoreCase)) return new UpstreamProxy(HttpClient.DefaultProxy, exceptions);
        string text;
        try { text = secrets.Resolve(options.Proxy).Trim(); }
        catch (SecretNotFoundException missing) { throw Refused(missing.Message); }
        if (!Uri.TryCreate(text, UriKind.Absolute, out var address) || address.Host.Length == 0 || address.Scheme is not ("http" or "https" or "socks5"))
            throw Refused("It must be the http, https or socks5 URL of a proxy, or 'environment'.");
        var bare = new UriBuilder(address.Scheme, address.Host, address.Port).Uri;
        return new UpstreamProxy(new WebProxy(bare) { Credentials = CredentialsOf(address) }, exceptions);
    }

    /// <summary>True when the address is not on this machine by its text, is not among the exceptions, and the proxy is for it.</summary>
    public bool IsFor(Uri target)
    {
        if (target.IsLoopback) return false;
        foreach (var one in exceptions)
        {
            if (one.StartsWith('.') ? target.IdnHost.EndsWith(one, StringComparison.OrdinalIgnoreCase) : target.IdnHost.Equals(one, StringComparison.OrdinalIgnoreCase)) return false;
        }

        return !server.IsBypassed(target) && server.GetProxy(target) is not null;
    }

    private static NetworkCredential? CredentialsOf(Uri address)
    {
        if (address.UserInfo.Length == 0) return null;
        var parts = address.UserInfo.Split(':', 2);
        return new NetworkCredential(Uri.UnescapeDataString(parts[0]), parts.Length > 1 ? Uri.UnescapeDataString(parts[1]) : "");
    }

    private static OptionsValidationException Refused(string message) =>
        new(nameof(UpstreamOptions), typeof(UpstreamOptions), [$"{UpstreamOptions.Section}:{nameof(UpstreamOptions.Proxy)}: {message}"]);
}
