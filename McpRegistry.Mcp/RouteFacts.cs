using System.Collections.Immutable;
using System.Runtime.CompilerServices;

using McpRegistry.Core.Catalog;
using McpRegistry.Core.Json;

namespace McpRegistry.Mcp;

/// <summary>What a call needs of a catalog entry, worked out once for as long as the entry lives.</summary>
internal sealed class RouteFacts
{
    private static readonly ConditionalWeakTable<CatalogEntry, RouteFacts> Known = [];

    private RouteFacts(CatalogEntry entry)
    {
        EncodedName = JsonText.Encode(entry.Name);
        HeaderParameters = entry.Kind == CatalogKind.Tool ? HeaderParameter.Of(entry.Definition) : [];
    }

    /// <summary>The original name as JSON string.</summary>
    public ReadOnlyMemory<byte> EncodedName { get; }

    /// <summary>The parameters that also stand in headers.</summary>
    public ImmutableArray<HeaderParameter> HeaderParameters { get; }

    public static RouteFacts Of(CatalogEntry entry) => Known.TryGetValue(entry, out var facts) ? facts : Known.GetValue(entry, one => new RouteFacts(one));
}
