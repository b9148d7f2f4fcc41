using System.Text.Json;

namespace McpRegistry.Core.Registration.Wire;

/// <summary>Says where a text stops being JSON. The reader's own message quotes the text, which may hold secrets.</summary>
internal static class JsonPlace
{
    public static string Describe(JsonException broken) => broken.LineNumber is { } line && broken.BytePositionInLine is { } column
        ? FormattableString.Invariant($"It is not valid JSON: line {line + 1}, column {column + 1}.")
        : "It is not valid JSON.";
}
