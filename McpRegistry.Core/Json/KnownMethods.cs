using System.Text.Json;

namespace McpRegistry.Core.Json;

/// <summary>Spares the call path a string for the methods that nearly every message has.</summary>
internal static class KnownMethods
{
    public static string Intern(ref Utf8JsonReader reader) =>
        reader.ValueTextEquals("tools/call"u8) ? "tools/call"
        : reader.ValueTextEquals("tools/list"u8) ? "tools/list"
        : reader.ValueTextEquals("notifications/progress"u8) ? "notifications/progress"
        : reader.ValueTextEquals("ping"u8) ? "ping"
        : JsonText.Decode(ref reader);
}
