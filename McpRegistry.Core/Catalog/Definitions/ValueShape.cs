using System.Text.Json;

namespace McpRegistry.Core.Catalog.Definitions;

/// <summary>What one value of a definition has to be in every revision of MCP that we serve.</summary>
/// <param name="Expected">That in words, as in "it is not …".</param>
/// <param name="Fits">True when it is so.</param>
internal sealed record ValueShape(string Expected, Func<JsonElement, bool> Fits)
{
    /// <summary>True when a value that does not fit can be made to, and still says what it meant. By default none can.</summary>
    public Func<JsonElement, bool> CanMend { get; init; } = static _ => false;

    /// <summary>Writes such a value so that it fits.</summary>
    public Action<JsonElement, Utf8JsonWriter> WriteMended { get; init; } = static (_, _) => { };
}
