using System.Text.Json;

using McpRegistry.Core.Json;

namespace McpRegistry.Mcp.OwnTools;

/// <summary>The arguments of a call of one of the registry's own tools.</summary>
internal sealed class OwnToolArguments
{
    private readonly ReadOnlyMemory<byte> _json;

    private OwnToolArguments(ReadOnlyMemory<byte> json)
    {
        _json = json;
        Members = JsonMembers.ReadNested(json.Span, new ByteRange(0, json.Length));
    }

    public JsonMembers Members { get; }

    public ReadOnlySpan<byte> Buffer => _json.Span;

    /// <exception cref="JsonException">They are no object, or have a name twice.</exception>
    public static OwnToolArguments Of(McpExchange exchange)
    {
        var json = exchange.Message.Params.Member("arguments"u8, out var type);
        if (json.IsEmpty) return new OwnToolArguments(EnvelopeParts.EmptyObject);
        return type == JsonTokenType.StartObject ? new OwnToolArguments(json) : throw new JsonException("arguments must be an object.");
    }

    /// <summary>A text. Null: it is not there or no string.</summary>
    public string? Text(ReadOnlySpan<byte> name)
    {
        var range = Members.Find(Buffer, name, out var type);
        return type == JsonTokenType.String ? JsonText.Decode(range.Of(Buffer)) : null;
    }

    /// <summary>An integer. Null: it is not there or none.</summary>
    public int? Number(ReadOnlySpan<byte> name)
    {
        var range = Members.Find(Buffer, name, out var type);
        return type == JsonTokenType.Number && int.TryParse(range.Of(Buffer), out var number) ? number : null;
    }
}
