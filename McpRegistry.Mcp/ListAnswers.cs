using System.Buffers;
using System.Collections.Immutable;
using System.Runtime.InteropServices;
using System.Text.Encodings.Web;
using System.Text.Json;

using McpRegistry.Core.Catalog;
using McpRegistry.Core.Json;
using McpRegistry.Core.Upstream;
using McpRegistry.Mcp.OwnTools;

using Microsoft.Extensions.Options;

namespace McpRegistry.Mcp;

/// <summary>The answers to list requests: the whole <c>result</c> is written once for each snapshot, era and URL.</summary>
internal sealed class ListAnswers(IOptions<McpOptions> options)
{
    private static readonly JsonWriterOptions Relaxed = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping, SkipValidation = true };

    private readonly long _cacheMilliseconds = (long)options.Value.ListCacheTime.TotalMilliseconds;

    /// <summary>The <c>result</c> of a list request.</summary>
    public ReadOnlyMemory<byte> Of(McpScope scope, CatalogKind kind, ProtocolEra era)
    {
        // The view of one service does not know whether the service is away, so the key does.
        var degradedService = scope.Service is not null && scope.Degraded.Length > 0 ? scope.Service.Name : null;
        return scope.Catalog.Render(new Key(this, kind, era, scope.IsWhole, degradedService), static (catalog, key) => key.Writer.Render(catalog, key));
    }

    private byte[] Render(CatalogSnapshot catalog, Key key)
    {
        var output = new ArrayBufferWriter<byte>(16 * 1024);
        using var writer = new Utf8JsonWriter(output, Relaxed);
        writer.WriteStartObject();
        if (key.Era == ProtocolEra.Modern) writer.WriteString("resultType"u8, "complete"u8);
        writer.WriteStartArray(MemberOf(key.Kind));
        if (key.IsWhole && key.Kind == CatalogKind.Tool)
            foreach (var own in OwnToolDefinitions.All) writer.WriteRawValue(own.Json.Span, skipInputValidation: true);
        foreach (var entry in EntriesOf(catalog, key.Kind)) writer.WriteRawValue(DefinitionOf(entry, key), skipInputValidation: true);
        writer.WriteEndArray();
        if (key.Era == ProtocolEra.Modern)
        {
            writer.WriteNumber("ttlMs"u8, _cacheMilliseconds);
            writer.WriteString("cacheScope"u8, "private"u8);
        }
        WriteMeta(writer, key.Era, key.DegradedService is { } away ? [away] : catalog.Degraded);
        writer.WriteEndObject();
        writer.Flush();
        return output.WrittenSpan.ToArray();
    }

    private static ReadOnlySpan<byte> DefinitionOf(CatalogEntry entry, Key key) => (key.IsWhole, key.Era) switch
    {
        (true, ProtocolEra.Modern) => entry.ExposedDefinition.Span,
        (true, _) => entry.ExposedLegacyDefinition.Span,
        (_, ProtocolEra.Modern) => JsonMarshal.GetRawUtf8Value(entry.Definition),
        _ => JsonMarshal.GetRawUtf8Value(entry.LegacyDefinition ?? entry.Definition),
    };

    private static void WriteMeta(Utf8JsonWriter writer, ProtocolEra era, ImmutableArray<string> degraded)
    {
        if (era == ProtocolEra.Legacy && degraded.IsEmpty) return;
        writer.WriteStartObject("_meta"u8);
        if (era == ProtocolEra.Modern)
        {
            writer.WritePropertyName("io.modelcontextprotocol/serverInfo"u8);
            writer.WriteRawValue(MetaKeys.OwnInfo, skipInputValidation: true);
        }
        if (!degraded.IsEmpty)
        {
            writer.WriteStartArray("mcpregistry/degraded"u8);
            foreach (var service in degraded) writer.WriteStringValue(service);
            writer.WriteEndArray();
        }
        writer.WriteEndObject();
    }

    private static ImmutableArray<CatalogEntry> EntriesOf(CatalogSnapshot catalog, CatalogKind kind) => kind switch
    {
        CatalogKind.Tool => catalog.Tools,
        CatalogKind.Prompt => catalog.Prompts,
        CatalogKind.Resource => catalog.Resources,
        _ => catalog.ResourceTemplates,
    };

    private static string MemberOf(CatalogKind kind) => kind switch
    {
        CatalogKind.Tool => "tools",
        CatalogKind.Prompt => "prompts",
        CatalogKind.Resource => "resources",
        _ => "resourceTemplates",
    };

    private sealed record Key(ListAnswers Writer, CatalogKind Kind, ProtocolEra Era, bool IsWhole, string? DegradedService);
}
