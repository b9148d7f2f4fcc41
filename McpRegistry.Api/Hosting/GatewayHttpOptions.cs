using System.ComponentModel.DataAnnotations;

namespace McpRegistry.Api.Hosting;

/// <summary>What the REST face allows, beside the rules of every process; section <c>McpRegistry:Http</c>.</summary>
internal sealed class GatewayHttpOptions
{
    public const string Section = "McpRegistry:Http";

    /// <summary>Streams of <c>/api/events</c> open at once. Default 1,000.</summary>
    [Range(0, 100_000)]
    public int MaxEventStreams { get; set; } = 1_000;

    /// <summary>How long requests are still taken after a stop was asked for, so that a balancer can notice that this gateway is not ready any more. Null: 5 s where several gateways share a Redis, otherwise no time.</summary>
    [Range(typeof(TimeSpan), "00:00:00", "01:00:00")]
    public TimeSpan? DrainDelay { get; set; }
}
