using System.Runtime.CompilerServices;

using McpRegistry.Core.Catalog;
using McpRegistry.Core.Json;

namespace McpRegistry.Mcp;

/// <summary>What a call needs of a catalog entry, worked out once for as long as the entry lives.</summary>
internal sealed class RouteFacts
{
    private static readonly ConditionalWeakTable<CatalogEntry, RouteFacts> Known = [];

    private RouteFacts(CatalogEntry entry) => EncodedName = JsonText.Encode(entry.Name);

    /// <summary>The original name as JSON string.</summary>
    public ReadOnlyMemory<byte> EncodedName { get; }

    public static RouteFacts Of(CatalogEntry entry) => Known.TryGetValue(entry, out var facts) ? facts : Known.GetValue(entry, one => new RouteFacts(one));
}
