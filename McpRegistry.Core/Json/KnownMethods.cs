namespace McpRegistry.Core.Json;

/// <summary>Spares the call path a string for the methods that nearly every message has.</summary>
internal static class KnownMethods
{
    /// <param name="quoted">The method as JSON string, with its quotes.</param>
    public static string Intern(ReadOnlySpan<byte> quoted) =>
        quoted.SequenceEqual("\"tools/call\""u8) ? "tools/call"
        : quoted.SequenceEqual("\"tools/list\""u8) ? "tools/list"
        : quoted.SequenceEqual("\"notifications/progress\""u8) ? "notifications/progress"
        : quoted.SequenceEqual("\"ping\""u8) ? "ping"
        : JsonText.Decode(quoted);
}
