using McpRegistry.Core.Registration;

namespace McpRegistry.Core.Modeling;

/// <summary>
/// How services and their instances are called in an application model, where a name begins with a letter, has no two hyphens
/// in a row and at most 64 characters. A <see cref="ServiceName"/> may break the first two rules.
/// </summary>
public static class ResourceNames
{
    private const string Prefix = "mcp-";

    /// <summary>The name of the resource that stands for a service as a whole.</summary>
    public static string Of(string service)
    {
        while (service.Contains("--", StringComparison.Ordinal)) service = service.Replace("--", "-", StringComparison.Ordinal);
        return service.Length > 0 && char.IsAsciiLetter(service[0]) ? service : Prefix + service;
    }

    /// <summary>The name of the resource that is one running copy of a service.</summary>
    /// <param name="service">The service.</param>
    /// <param name="index">Which copy, from 0.</param>
    public static string Instance(string service, int index) => FormattableString.Invariant($"{Of(service)}-{index}");

    /// <summary>The service that a resource of somebody else becomes: resources may have capitals, services may not.</summary>
    public static string ServiceOf(string resource) => resource.ToLowerInvariant();
}
