using System.Buffers;
using System.Security.Cryptography;
using System.Text.Json;

using McpRegistry.Core.Catalog;

namespace McpRegistry.Core.Cluster;

/// <summary>One short text for the lists of a service: the same for the same lists, whatever the order of members within their objects.</summary>
internal static class SharedCatalogHash
{
    /// <summary>SHA-256 over the definitions of all entries, as lowercase hexadecimal digits.</summary>
    public static string Of(ServiceCatalog catalog)
    {
        var buffer = new ArrayBufferWriter<byte>();
        using (var writer = new Utf8JsonWriter(buffer))
        {
            writer.WriteStartArray();
            foreach (var list in new[] { catalog.Tools, catalog.Prompts, catalog.Resources, catalog.ResourceTemplates })
            {
                writer.WriteStartArray();
                foreach (var entry in list) Write(entry.Definition, writer);
                writer.WriteEndArray();
            }

            writer.WriteEndArray();
        }
        return Convert.ToHexStringLower(SHA256.HashData(buffer.WrittenSpan));
    }

    private static void Write(JsonElement element, Utf8JsonWriter writer)
    {
        switch (element.ValueKind)
        {
            case JsonValueKind.Object:
                writer.WriteStartObject();
                foreach (var member in element.EnumerateObject().OrderBy(one => one.Name, StringComparer.Ordinal))
                {
                    writer.WritePropertyName(member.Name);
                    Write(member.Value, writer);
                }

                writer.WriteEndObject();
                break;
            case JsonValueKind.Array:
                writer.WriteStartArray();
                foreach (var item in element.EnumerateArray()) Write(item, writer);
                writer.WriteEndArray();
                break;
            default:
                element.WriteTo(writer);
                break;
        }
    }
}
