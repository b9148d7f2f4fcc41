using System.Globalization;

using McpRegistry.Core.Discovery;
using McpRegistry.Core.Registration;

namespace McpRegistry.Core.Modeling;

/// <summary>
/// The environment variables by which a process learns of services that something else runs: addresses as .NET service
/// discovery reads them, and what the registry wants to know besides.
/// </summary>
public static class ServerVariables
{
    private const string Servers = "McpRegistry__Servers__";

    /// <summary>The address of one instance. All instances of a service need the same scheme here: a reader takes one scheme only.</summary>
    /// <param name="service">The service.</param>
    /// <param name="scheme"><c>http</c> or <c>https</c>.</param>
    /// <param name="index">Which instance, from 0, without gaps.</param>
    public static string Address(string service, string scheme, int index) => FormattableString.Invariant($"services__{service}__{scheme}__{index}");

    /// <summary>Something the registry wants to know of the service, e.g. <see cref="Type"/> or <see cref="Tag"/>.</summary>
    public static string Setting(string service, string setting) => $"{Servers}{service}__{setting}";

    /// <summary>The kind of server: <c>fastmcp</c>, <c>fastapi</c> or <c>external</c>.</summary>
    public const string Type = "Type";

    /// <summary>The path of the MCP endpoint; for <c>fastapi</c> the path all others start with.</summary>
    public const string Path = "Path";

    /// <summary>Whether the annotations of the tools are believed.</summary>
    public const string Trusted = "Trusted";

    /// <summary>Whether what the server says of itself is quoted to the clients of <c>/mcp</c>.</summary>
    public const string ShowInstructions = "ShowInstructions";

    /// <summary>The load balancing policy, by name.</summary>
    public const string LoadBalancing = "LoadBalancing";

    /// <summary>Where it runs, in people's words.</summary>
    public const string Location = "Location";

    /// <summary>The bearer key for the service.</summary>
    public const string ApiKey = "ApiKey";

    /// <summary>One of the words to find it by.</summary>
    public static string Tag(int index) => FormattableString.Invariant($"Tags__{index}");

    /// <summary>What one instance is called in health, metrics, traces and answers; the index is that of its address.</summary>
    public static string InstanceName(int index) => FormattableString.Invariant($"InstanceNames__{index}");

    /// <summary>A header sent with every request.</summary>
    public static string Header(string name) => $"Headers__{name}";

    /// <summary>All settings of a registration that are neither an address nor a secret, but for those that are as they are by default.</summary>
    public static IEnumerable<(string Setting, string Value)> Of(ServiceRegistration registration)
    {
        var config = registration.Config;
        yield return (Type, registration.Type.WireName());
        if (registration.Location is { } location) yield return (Location, location);
        if (config.Trusted) yield return (Trusted, "true");
        if (config.ShowInstructions) yield return (ShowInstructions, "true");
        if (config.LoadBalancing != LoadBalancingPolicyNames.PowerOfTwoChoices) yield return (LoadBalancing, config.LoadBalancing);
        if (config.AuthorityFile is { } file) yield return (nameof(DiscoveredServer.AuthorityFile), file);
        foreach (var (index, tag) in registration.Tags.Index()) yield return (Tag(index), tag);
        foreach (var (index, tool) in config.Tools.Where(one => one.Value.Safe == true).Index()) yield return (FormattableString.Invariant($"SafeTools__{index}"), tool.Key);

        var (health, timeouts) = (config.Health, config.Timeouts);
        if (health != new HealthSettings())
        {
            yield return ("Health__Interval", Text(health.Interval));
            yield return ("Health__Timeout", Text(health.Timeout));
            yield return ("Health__Fall", health.Fall.ToString(CultureInfo.InvariantCulture));
            yield return ("Health__Rise", health.Rise.ToString(CultureInfo.InvariantCulture));
            yield return ("Health__Path", health.Path);
        }
        if (timeouts == new TimeoutSettings()) yield break;
        yield return ("Timeouts__Connect", Text(timeouts.Connect));
        yield return ("Timeouts__Startup", Text(timeouts.Startup));
        yield return ("Timeouts__Idle", Text(timeouts.Idle));
        yield return ("Timeouts__Call", Text(timeouts.Call));
    }

    private static string Text(TimeSpan time) => time.ToString("c", CultureInfo.InvariantCulture);
}
