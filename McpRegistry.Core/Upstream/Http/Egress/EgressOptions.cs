namespace McpRegistry.Core.Upstream.Http.Egress;

/// <summary>Where services that were registered over REST may be, section <c>McpRegistry:Egress</c>.</summary>
public sealed class EgressOptions
{
    /// <summary>The configuration section.</summary>
    public const string Section = "McpRegistry:Egress";

    /// <summary>
    /// What services registered over REST may be reached at: networks (<c>10.1.0.0/16</c>), hosts (<c>host</c>, <c>host:port</c>), all hosts
    /// below a name (<c>*.internal.example</c>), or <c>public</c> for all addresses of the internet. Services of <c>mcp-servers.json</c> and of
    /// service discovery are the operator's own word and not asked. Default: none, which is <c>public</c> with
    /// <c>McpRegistry:Http:TrustedNetwork</c>, and everything without.
    /// </summary>
    public IList<string> Allow { get; set; } = [];
}
