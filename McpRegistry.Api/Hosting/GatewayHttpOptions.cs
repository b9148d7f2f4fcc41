using System.ComponentModel.DataAnnotations;

namespace McpRegistry.Api.Hosting;

/// <summary>How the gateway is reached over HTTP; section <c>McpRegistry:Http</c>.</summary>
internal sealed class GatewayHttpOptions
{
    public const string Section = "McpRegistry:Http";

    /// <summary>Names a request may address beside <c>localhost</c>, <c>127.0.0.1</c> and <c>[::1]</c>; without port. Default: none.</summary>
    public string[] AllowedHosts { get; set; } = [];

    /// <summary>Origins of web pages that may call beside those on loopback, as <c>https://host[:port]</c>. Default: none.</summary>
    public string[] AllowedOrigins { get; set; } = [];

    /// <summary>The largest request body, in bytes. Default 4 MiB.</summary>
    [Range(1024, int.MaxValue)]
    public int MaxRequestBytes { get; set; } = 4 * 1024 * 1024;

    /// <summary>Open connections. Default 20,000.</summary>
    [Range(1, 1_000_000)]
    public int MaxConnections { get; set; } = 20_000;

    /// <summary>Streams of <c>/api/events</c> open at once. Default 1,000.</summary>
    [Range(0, 100_000)]
    public int MaxEventStreams { get; set; } = 1_000;

    /// <summary>How long a stop may take until the children are ended; calls that are not over two seconds before get the error <c>draining</c>. Default 30 s.</summary>
    public TimeSpan ShutdownTimeout { get; set; } = TimeSpan.FromSeconds(30);

    /// <summary>How long requests are still taken after a stop was asked for, so that a balancer can notice that this gateway is not ready any more. Null: 5 s where several gateways share a Redis, otherwise no time.</summary>
    public TimeSpan? DrainDelay { get; set; }

    /// <summary>Whether a service that is a program to start may be registered over REST. Whoever can reach the port can then start programs. Default false.</summary>
    public bool AllowStdioRegistration { get; set; }
}
