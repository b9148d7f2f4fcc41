using McpRegistry.Core.Catalog;
using McpRegistry.Core.Registration;

namespace McpRegistry.Core.Calls;

/// <summary>
/// Whether a call may be executed twice: what the operator said of the tool, else the annotations of a trusted service,
/// else what the client said. Never the tool's name, never the HTTP verb.
/// </summary>
public static class CallSafety
{
    /// <summary>Decides for a tool.</summary>
    /// <param name="registration">Its service.</param>
    /// <param name="tool">The tool.</param>
    /// <param name="clientSaysSafe">True when the client vouches for this call.</param>
    public static bool OfTool(ServiceRegistration registration, CatalogEntry tool, bool clientSaysSafe = false)
    {
        if (registration.Config.Tools.TryGetValue(tool.Name, out var settings) && settings.Safe is { } safe) return safe;
        return clientSaysSafe || (registration.Config.Trusted && tool.ClaimsSafe);
    }
}
