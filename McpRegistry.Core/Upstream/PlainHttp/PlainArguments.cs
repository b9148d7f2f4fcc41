using System.Text.Json;

namespace McpRegistry.Core.Upstream.PlainHttp;

/// <summary>The arguments of a call by name. Disposing it ends the life of the values.</summary>
internal sealed class PlainArguments : IDisposable
{
    private static readonly JsonDocumentOptions Deep = new() { MaxDepth = 1000 };
    private readonly JsonDocument _document;
    private readonly Dictionary<string, JsonElement> _values = [];

    public PlainArguments(ReadOnlyMemory<byte> json)
    {
        _document = JsonDocument.Parse(json.IsEmpty ? "{}"u8.ToArray() : json, Deep);
        foreach (var member in _document.RootElement.EnumerateObject())
        {
            if (NameOf(member) is { } name) _values[name] = member.Value;
        }
    }

    /// <summary>A value that was given and is not null.</summary>
    public bool TryGet(string name, out JsonElement value) => _values.TryGetValue(name, out value) && value.ValueKind != JsonValueKind.Null;

    /// <summary>What no parameter takes, in the order it came.</summary>
    public IEnumerable<JsonProperty> Rest(PlainTool tool)
    {
        foreach (var member in _document.RootElement.EnumerateObject())
        {
            if (NameOf(member) is not { } name || tool.Parameters.All(parameter => parameter.Argument != name)) yield return member;
        }
    }

    public void Dispose() => _document.Dispose();

    // A name with half a surrogate pair is nobody's parameter.
    private static string? NameOf(JsonProperty member)
    {
        try { return member.Name; }
        catch (InvalidOperationException) { return null; }
    }
}
