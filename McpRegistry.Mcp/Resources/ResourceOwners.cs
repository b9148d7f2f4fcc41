using System.Runtime.CompilerServices;

using McpRegistry.Core.Catalog;
using McpRegistry.Core.State;

namespace McpRegistry.Mcp.Resources;

/// <summary>
/// Whose a resource URI must be that nobody listed: the one service whose listed resources and templates have its scheme. Of the
/// schemes that everybody uses the authority counts as well.
/// </summary>
internal sealed class ResourceOwners
{
    private static readonly ConditionalWeakTable<CatalogSnapshot, ResourceOwners> Known = [];

    // Null: several services have it.
    private readonly Dictionary<string, string?> _owners = new(StringComparer.OrdinalIgnoreCase);

    private ResourceOwners(RegistrySnapshot registry)
    {
        foreach (var service in registry.Services.Values)
            foreach (var entry in service.Catalog.Resources.Concat(service.Catalog.ResourceTemplates))
                if (KeyOf(entry.Name) is { } key && !(_owners.TryGetValue(key, out var owner) && owner == service.Name)) _owners[key] = _owners.ContainsKey(key) ? null : service.Name;
    }

    /// <summary>The owners in a snapshot, worked out when it is first asked.</summary>
    public static ResourceOwners Of(RegistrySnapshot registry) => Known.GetValue(registry.Catalog, _ => new ResourceOwners(registry));

    /// <summary>The service. Null: none, or it could be several.</summary>
    public string? Find(string uri) => KeyOf(uri) is { } key ? _owners.GetValueOrDefault(key) : null;

    // Null: it has no scheme, or an authority that a template leaves open.
    private static string? KeyOf(string uri)
    {
        var colon = uri.IndexOf(':');
        if (colon <= 0 || uri.IndexOf('{') is var open and >= 0 && open < colon) return null;
        var scheme = uri.AsSpan(0, colon);
        if (!IsEverybodys(scheme)) return uri[..colon];
        var rest = uri.AsSpan(colon + 1);
        if (!rest.StartsWith("//")) return null;
        var end = rest[2..].IndexOfAny("/?#");
        var authority = end < 0 ? rest[2..] : rest[2..(end + 2)];
        return authority.Contains('{') ? null : $"{scheme}://{authority}";
    }

    private static bool IsEverybodys(ReadOnlySpan<char> scheme) =>
        scheme.Equals("http", StringComparison.OrdinalIgnoreCase) || scheme.Equals("https", StringComparison.OrdinalIgnoreCase) || scheme.Equals("file", StringComparison.OrdinalIgnoreCase);
}
