using System.Text.Json;

using McpRegistry.Core.Json;

namespace McpRegistry.Mcp.Resources;

/// <summary>Reads the resource URIs that an answer hands out: resource links, embedded resources, and what a read resource contains.</summary>
internal static class LinkReader
{
    // Messages hold content, content holds blocks, a block holds a resource: nothing that matters lies deeper.
    private const int DeepestBlock = 4;
    private const int MaxLinks = 1_000;

    private static readonly JsonReaderOptions AsDeepAsMessages = new() { MaxDepth = JsonRpcMessage.MaxUpstreamDepth };

    /// <summary>True when there may be some. A vectorised search; nearly every answer is done with it.</summary>
    public static bool MayHaveLinks(string method, ReadOnlySpan<byte> result) => method switch
    {
        // Both "type":"resource_link" and "resource":{…} begin so; a quote within a text has a backslash before it, and one behind it.
        "tools/call" or "prompts/get" => result.IndexOf("\"resource"u8) >= 0,
        "resources/read" => true,
        _ => false,
    };

    /// <summary>The URIs, in the order they stand there; those of an answer that is no such answer are none.</summary>
    public static List<string> Read(ReadOnlySpan<byte> result)
    {
        var found = new List<string>();
        try
        {
            var reader = new Utf8JsonReader(result, AsDeepAsMessages);
            if (!reader.Read() || reader.TokenType != JsonTokenType.StartObject) return found;
            while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
            {
                // As it stands: an escaped name may hold half a character, and comparing its text would throw.
                var isContents = reader.ValueSpan.SequenceEqual("contents"u8);
                var hasBlocks = isContents || reader.ValueSpan.SequenceEqual("content"u8) || reader.ValueSpan.SequenceEqual("messages"u8);
                reader.Read();
                if (hasBlocks) ReadBlocks(ref reader, isContents, 0, found);
                else reader.Skip();
            }
        }
        catch (Exception odd) when (odd is JsonException or InvalidOperationException)
        {
            // Nested too deep, or a text that is none: it is the client's to judge, and what was found until there counts.
        }
        return found;
    }

    private static void ReadBlocks(ref Utf8JsonReader reader, bool areContents, int depth, List<string> found)
    {
        if (depth > DeepestBlock) reader.Skip();
        else if (reader.TokenType == JsonTokenType.StartObject) ReadBlock(ref reader, areContents, depth, found);
        else if (reader.TokenType == JsonTokenType.StartArray)
        {
            while (reader.Read() && reader.TokenType != JsonTokenType.EndArray) ReadBlocks(ref reader, areContents, depth + 1, found);
        }
    }

    private static void ReadBlock(ref Utf8JsonReader reader, bool isContents, int depth, List<string> found)
    {
        string? uri = null;
        var isLink = isContents;
        while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
        {
            var isUri = reader.ValueSpan.SequenceEqual("uri"u8);
            var isType = reader.ValueSpan.SequenceEqual("type"u8);
            var isResource = reader.ValueSpan.SequenceEqual("resource"u8);
            var isContent = reader.ValueSpan.SequenceEqual("content"u8);
            reader.Read();
            if (isUri && reader.TokenType == JsonTokenType.String) uri = reader.GetString();
            else if (isType && reader.TokenType == JsonTokenType.String) isLink |= reader.ValueSpan.SequenceEqual("resource_link"u8);
            else if (isResource || isContent) ReadBlocks(ref reader, areContents: isResource, depth + 1, found);
            else reader.Skip();
        }
        if (isLink && uri is not null && found.Count < MaxLinks) found.Add(uri);
    }
}
