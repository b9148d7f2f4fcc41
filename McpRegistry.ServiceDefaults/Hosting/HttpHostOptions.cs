using System.ComponentModel.DataAnnotations;

namespace McpRegistry.ServiceDefaults.Hosting;

/// <summary>How a process of the registry is reached over HTTP; section <c>McpRegistry:Http</c>.</summary>
internal sealed class HttpHostOptions
{
    public const string Section = "McpRegistry:Http";

    /// <summary>In <see cref="AllowedHosts"/>: any name, for programs. Only with <see cref="TrustedNetwork"/>; what a browser sends under a name that is not listed is refused.</summary>
    public const string AnyHost = "*";

    /// <summary>
    /// Whether whoever can reach the port may call, so that the process may listen beyond loopback. Only where the network
    /// itself limits who that is: the internal network of a container environment. Default false.
    /// </summary>
    public bool TrustedNetwork { get; set; }

    /// <summary>Names a request may address beside <c>localhost</c>, <c>127.0.0.1</c> and <c>[::1]</c>; without port. Default: none.</summary>
    public string[] AllowedHosts { get; set; } = [];

    /// <summary>Origins of web pages that may call and read the answers (CORS), each exact as <c>https://host[:port]</c>; one on another port of this machine as well. Any other page is answered 403; the process' own pages are not concerned. Default: none.</summary>
    public string[] AllowedOrigins { get; set; } = [];

    /// <summary>The largest request body, in bytes. Default 4 MiB.</summary>
    [Range(1024, int.MaxValue)]
    public int MaxRequestBytes { get; set; } = 4 * 1024 * 1024;

    /// <summary>Open connections. Default 20,000.</summary>
    [Range(1, 1_000_000)]
    public int MaxConnections { get; set; } = 20_000;

    /// <summary>How long a stop may take until the children are ended; calls that are not over two seconds before get the error <c>draining</c>. Default 30 s.</summary>
    [Range(typeof(TimeSpan), "00:00:00", "01:00:00")]
    public TimeSpan ShutdownTimeout { get; set; } = TimeSpan.FromSeconds(30);
}
