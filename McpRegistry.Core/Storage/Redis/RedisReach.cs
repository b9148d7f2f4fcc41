using System.Net;
using System.Net.Sockets;

using StackExchange.Redis;

namespace McpRegistry.Core.Storage.Redis;

/// <summary>
/// Beyond loopback a Redis is used only where something keeps others out of it, or what they write there can be told from what we
/// wrote: a password, TLS, or the key of the cluster. Judged by the settings alone; nothing is connected to.
/// </summary>
internal static class RedisReach
{
    /// <summary>Why these settings must not be used. Null: they may.</summary>
    public static string? Refusal(ConfigurationOptions settings, RedisOptions options)
    {
        if (settings.Password is { Length: > 0 } || settings.Ssl || options.SecretKey is { Length: > 0 }) return null;
        return settings.EndPoints.FirstOrDefault(one => !IsLoopback(one)) is { } beyond
            ? $"ConnectionStrings:{RedisOptions.ConnectionName}: Redis at {Describe(beyond)} is beyond this machine, and there is neither a password (password=…) nor TLS (ssl=true) nor {RedisOptions.Section}:SecretKey: "
              + "whoever reaches it could write registrations. Give it a password, or set the key."
            : null;
    }

    private static bool IsLoopback(EndPoint endpoint) => endpoint switch
    {
        UnixDomainSocketEndPoint => true,
        IPEndPoint ip => IPAddress.IsLoopback(ip.Address.IsIPv4MappedToIPv6 ? ip.Address.MapToIPv4() : ip.Address),
        DnsEndPoint name => name.Host.Equals("localhost", StringComparison.OrdinalIgnoreCase),
        _ => false,
    };

    private static string Describe(EndPoint endpoint) => endpoint is DnsEndPoint name ? $"{name.Host}:{name.Port}" : endpoint.ToString()!;
}
