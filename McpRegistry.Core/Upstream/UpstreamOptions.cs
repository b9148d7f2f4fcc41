using System.ComponentModel.DataAnnotations;

namespace McpRegistry.Core.Upstream;

/// <summary>Limits towards upstreams, section <c>McpRegistry:Upstream</c>. Numbers from research on reliability, 2.5 and 2.6.</summary>
public sealed class UpstreamOptions
{
    /// <summary>The configuration section.</summary>
    public const string Section = "McpRegistry:Upstream";

    /// <summary>The largest answer taken from an upstream, in bytes; also the longest line of a stdio server. Default 16 MiB.</summary>
    [Range(1024, int.MaxValue)]
    public int MaxResponseBytes { get; set; } = 16 * 1024 * 1024;

    /// <summary>
    /// The proxy through which HTTP services beyond this machine are reached: its URL, which may be a reference to a secret, or
    /// <c>environment</c> for what <c>HTTPS_PROXY</c>, <c>HTTP_PROXY</c> and <c>NO_PROXY</c> say. Default null: none, whatever the environment says.
    /// </summary>
    public string? Proxy { get; set; }

    /// <summary>Hosts that are reached without the proxy; <c>.example.com</c> stands for all hosts below it. Loopback is never reached through it. Default: none.</summary>
    public IList<string> NoProxy { get; set; } = [];

    /// <summary>Calls in flight on one HTTP instance. Default 64.</summary>
    [Range(1, 100_000)]
    public int MaxInFlightHttp { get; set; } = 64;

    /// <summary>Calls in flight on one stdio child. Default 16.</summary>
    [Range(1, 100_000)]
    public int MaxInFlightStdio { get; set; } = 16;

    /// <summary>Calls that may wait for an instance. Default 128; more are answered <c>overloaded</c>.</summary>
    [Range(0, 100_000)]
    public int MaxQueued { get; set; } = 128;

    /// <summary>How long a call waits for an instance. Default 5 s.</summary>
    [Range(typeof(TimeSpan), "00:00:00", "01:00:00")]
    public TimeSpan MaxQueueWait { get; set; } = TimeSpan.FromSeconds(5);
}
