using System.Buffers;
using System.Collections.Immutable;
using System.Text;
using System.Text.Json;

using McpRegistry.Core.Catalog;
using McpRegistry.Core.Catalog.Definitions;
using McpRegistry.Core.Catalog.Ownership;

namespace McpRegistry.Core.LastKnown;

/// <summary>
/// The lists of one service as bytes and back. What comes from the disk is checked like what comes from a server.
/// <code>
///   {"tools":[…],"prompts":[…],"resources":[…],"resourceTemplates":[…],"instructions":"…","completions":true,"logging":false,
///    "claims":{"bank://accounts":1795996800000}}
/// </code>
/// </summary>
internal static class LastKnownContent
{
    /// <summary>How much of one service is remembered, in bytes. A service that publishes more is as it is without a memory.</summary>
    public const int MostBytes = 8 * 1024 * 1024;

    /// <summary>The bytes. Null: there is nothing to remember, or too much.</summary>
    public static byte[]? Write(ServiceCatalog catalog)
    {
        if (CatalogKindNames.All.All(kind => catalog.Of(kind).IsEmpty)) return null;
        if (CatalogKindNames.All.Sum(kind => catalog.Of(kind).Sum(one => (long)one.ExposedDefinition.Length)) > MostBytes) return null;
        var output = new ArrayBufferWriter<byte>(16 * 1024);
        using var writer = new Utf8JsonWriter(output, new JsonWriterOptions { SkipValidation = true });
        writer.WriteStartObject();
        foreach (var kind in CatalogKindNames.All)
        {
            writer.WriteStartArray(CatalogListShape.Of(kind).Member);
            foreach (var entry in catalog.Of(kind)) entry.Definition.WriteTo(writer);
            writer.WriteEndArray();
        }

        if (catalog.Instructions is { } instructions) writer.WriteString("instructions"u8, instructions);
        writer.WriteBoolean("completions"u8, catalog.HasCompletions);
        writer.WriteBoolean("logging"u8, catalog.HasLogging);
        writer.WriteStartObject("claims"u8);
        foreach (var (place, since) in catalog.Claims.Since) writer.WriteNumber(place, since);
        writer.WriteEndObject();
        writer.WriteEndObject();
        writer.Flush();
        return output.WrittenCount > MostBytes ? null : output.WrittenSpan.ToArray();
    }

    /// <summary>The lists, none of which was read in this life.</summary>
    /// <exception cref="JsonException">The bytes are damaged.</exception>
    public static ServiceCatalog Read(string service, ReadOnlyMemory<byte> content)
    {
        using var document = JsonDocument.Parse(content, DefinitionReader.Document);
        var root = document.RootElement;
        if (root.ValueKind != JsonValueKind.Object) throw new JsonException("It is no object.");
        return ServiceCatalog.Empty with
        {
            Tools = List(service, root, CatalogKind.Tool),
            Prompts = List(service, root, CatalogKind.Prompt),
            Resources = List(service, root, CatalogKind.Resource),
            ResourceTemplates = List(service, root, CatalogKind.ResourceTemplate),
            Instructions = root.TryGetProperty("instructions"u8, out var text) ? Json.JsonText.Of(text) : null,
            HasCompletions = root.TryGetProperty("completions"u8, out var completions) && completions.ValueKind == JsonValueKind.True,
            HasLogging = root.TryGetProperty("logging"u8, out var logging) && logging.ValueKind == JsonValueKind.True,
            Claims = ClaimsOf(root),
        };
    }

    private static UriClaims ClaimsOf(JsonElement root) => !root.TryGetProperty("claims"u8, out var claims) || claims.ValueKind != JsonValueKind.Object ? UriClaims.None
        : UriClaims.Of(claims.EnumerateObject().Where(one => one.Value.ValueKind == JsonValueKind.Number && one.Value.TryGetInt64(out _)).Select(one => KeyValuePair.Create(one.Name, one.Value.GetInt64())));

    private static ImmutableArray<CatalogEntry> List(string service, JsonElement root, CatalogKind kind)
    {
        var shape = CatalogListShape.Of(kind);
        if (!root.TryGetProperty(Encoding.UTF8.GetBytes(shape.Member), out var items) || items.ValueKind != JsonValueKind.Array) return [];
        return [.. items.EnumerateArray().Select(item => shape.Read(service, item).Entry).OfType<CatalogEntry>().DistinctBy(one => one.Name)];
    }
}
