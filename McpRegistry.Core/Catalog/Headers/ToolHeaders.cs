using System.Text.Json;

using McpRegistry.Core.Json;
using McpRegistry.Core.Upstream.Http;

namespace McpRegistry.Core.Catalog.Headers;

/// <summary>The <c>Mcp-Param-*</c> headers of a call, made from its arguments: for callers that cannot know them, such as those of REST.</summary>
public static class ToolHeaders
{
    private static readonly JsonDocumentOptions AsDeepAsMessages = new() { MaxDepth = JsonRpcMessage.MaxDepth };

    /// <summary>Makes them. Null: the tool wants none.</summary>
    /// <param name="tool">The tool.</param>
    /// <param name="arguments">The arguments (JSON); empty: there are none.</param>
    /// <exception cref="JsonException">An argument among them is no text.</exception>
    public static IReadOnlyList<KeyValuePair<string, string>>? Of(CatalogEntry tool, ReadOnlyMemory<byte> arguments)
    {
        if (tool.HeaderParameters.IsEmpty) return null;
        if (arguments.IsEmpty) return [];
        using var document = JsonDocument.Parse(arguments, AsDeepAsMessages);
        var made = new List<KeyValuePair<string, string>>(tool.HeaderParameters.Length);
        foreach (var parameter in tool.HeaderParameters)
            if (parameter.ValueIn(document.RootElement) is { } value) made.Add(new(parameter.Header, HeaderText.Encode(value)));
        return made;
    }
}
