using System.Text.Json;

using McpRegistry.Core.Catalog;
using McpRegistry.Core.Json;

namespace McpRegistry.Mcp;

/// <summary>What a <c>completion/complete</c> is about, and its params under the original name.</summary>
internal static class CompletionReference
{
    /// <summary>Finds the prompt or resource template that <c>params.ref</c> names. Null: none is listed.</summary>
    public static CatalogEntry? Find(CatalogSnapshot catalog, RequestParams parameters)
    {
        var reference = Reference(parameters);
        if (reference is null) return null;
        if (reference.String("type"u8) == "ref/prompt")
            return reference.String("name"u8) is { } name ? catalog.FindPrompt(name) : null;
        return reference.String("uri"u8) is { } uri ? catalog.ResourceTemplates.FirstOrDefault(one => one.Name == uri) : null;
    }

    /// <summary>The resource or template it names. Null: it is about a prompt, or about nothing.</summary>
    public static string? UriOf(RequestParams parameters) =>
        Reference(parameters) is { } reference && reference.String("type"u8) != "ref/prompt" ? reference.String("uri"u8) : null;

    /// <summary>The params with the prompt's original name in them.</summary>
    public static RequestParams Rename(RequestParams parameters, CatalogEntry? entry)
    {
        if (entry is not { Kind: CatalogKind.Prompt }) return parameters;
        using var output = new PooledBytes(512);
        output.Write("{\"ref\":{\"name\":"u8);
        output.Write(RouteFacts.Of(entry).EncodedName.Span);
        WriteOthers(output, Reference(parameters)!, "name"u8);
        output.Write("}"u8);
        WriteOthers(output, parameters, "ref"u8);
        output.Write("}"u8);
        return RequestParams.Parse(output.Span.ToArray());
    }

    private static RequestParams? Reference(RequestParams parameters)
    {
        var json = parameters.Member("ref"u8, out var type);
        return type == JsonTokenType.StartObject ? RequestParams.Parse(json) : null;
    }

    private static void WriteOthers(PooledBytes output, RequestParams parameters, ReadOnlySpan<byte> but)
    {
        var (members, memory) = parameters.Raw;
        for (var i = 0; i < members.Count; i++)
        {
            if (members.IsNamed(i, memory.Span, but)) continue;
            output.Write(",\""u8);
            output.Write(members[i].Name.Of(memory.Span));
            output.Write("\":"u8);
            output.Write(members[i].Value.Of(memory.Span));
        }
    }
}
