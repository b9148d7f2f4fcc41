using System.Net;

namespace McpRegistry.Core.Upstream.Http.Egress;

/// <summary>Where services that were registered over REST may be.</summary>
internal sealed class EgressProfile(IReadOnlyList<AllowedTarget> allowed)
{
    /// <summary>The profile of the settings. Null: everything is allowed.</summary>
    public static EgressProfile? Of(EgressOptions options, bool isTrustedNetwork)
    {
        IList<string> entries = options.Allow.Count > 0 ? options.Allow : isTrustedNetwork ? [AllowedTarget.Public] : [];
        return entries.Count == 0 ? null : new EgressProfile([.. entries.Select(AllowedTarget.Parse).OfType<AllowedTarget>()]);
    }

    /// <summary>True when it may be connected to. One address beyond the profile condemns the name, unless the name itself is allowed.</summary>
    /// <param name="host">As it was registered.</param>
    /// <param name="port">The port.</param>
    /// <param name="addresses">Its addresses. None: only a proxy can find them.</param>
    public bool Allows(string host, int port, IPAddress[] addresses)
    {
        if (allowed.Any(one => one.AllowsName(host, port))) return true;
        return addresses.Length > 0 && Array.TrueForAll(addresses, address => allowed.Any(one => one.AllowsAddress(address, port)));
    }
}
