using System.Net;

using StackExchange.Redis;

namespace McpRegistry.Core.Storage.Redis;

/// <summary>Where a connection string says that Redis, or its Sentinels, are.</summary>
internal static class RedisEndpoints
{
    private const int DefaultPort = 6379;

    /// <summary>Their hosts and ports; none where the string cannot be read, which is refused at the start.</summary>
    public static IReadOnlyList<(string Host, int Port)> Of(string connection)
    {
        try { return [.. ConfigurationOptions.Parse(connection).EndPoints.Select(Read)]; }
        catch (Exception malformed) when (malformed is ArgumentException or FormatException or OverflowException) { return []; }
    }

    private static (string Host, int Port) Read(EndPoint endpoint)
    {
        var (host, port) = endpoint is IPEndPoint address ? (address.Address.ToString(), address.Port) : endpoint is DnsEndPoint name ? (name.Host, name.Port) : ("", 0);
        return (host, port == 0 ? DefaultPort : port);
    }
}
