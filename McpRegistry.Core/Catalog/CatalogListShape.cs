using System.Runtime.InteropServices;
using System.Text.Json;

namespace McpRegistry.Core.Catalog;

/// <summary>How one kind of list looks on the wire, and how its items become entries.</summary>
internal sealed record CatalogListShape(CatalogKind Kind, string Capability, string Method, string Member, string Key)
{
    private const int MaxNameLength = 128;
    private const int MaxDefinitionBytes = 256 * 1024;

    private static readonly CatalogListShape[] All =
    [
        new(CatalogKind.Tool, "tools", "tools/list", "tools", "name"),
        new(CatalogKind.Prompt, "prompts", "prompts/list", "prompts", "name"),
        new(CatalogKind.Resource, "resources", "resources/list", "resources", "uri"),
        new(CatalogKind.ResourceTemplate, "resources", "resources/templates/list", "resourceTemplates", "uriTemplate"),
    ];

    public static CatalogListShape Of(CatalogKind kind) => All[(int)kind];

    /// <summary>The entry for an item; null for one that no client could use (nameless, over-long, huge). The others of the list stay.</summary>
    public CatalogEntry? Read(string service, JsonElement item)
    {
        if (item.ValueKind != JsonValueKind.Object || !item.TryGetProperty(Key, out var named) || named.ValueKind != JsonValueKind.String) return null;
        var name = named.GetString()!;
        var isNamed = Kind is CatalogKind.Tool or CatalogKind.Prompt;
        if (name.Length == 0 || name.Any(char.IsControl) || (isNamed && name.Length > MaxNameLength)) return null;
        if (JsonMarshal.GetRawUtf8Value(item).Length > MaxDefinitionBytes) return null;
        return new CatalogEntry
        {
            Kind = Kind,
            Service = service,
            Name = name,
            ExposedName = isNamed ? ExposedNames.Compose(service, name) : name,
            Definition = Kind == CatalogKind.Tool ? TaskSupport.Without(item).Clone() : item.Clone(),
            ClaimsSafe = Kind == CatalogKind.Tool && item.TryGetProperty("annotations", out var hints) && (Says(hints, "readOnlyHint") || Says(hints, "idempotentHint")),
        };
    }

    private static bool Says(JsonElement hints, string name) =>
        hints.ValueKind == JsonValueKind.Object && hints.TryGetProperty(name, out var hint) && hint.ValueKind == JsonValueKind.True;
}
