namespace McpRegistry.Mcp;

/// <summary>The revisions of MCP that clients may speak, by era.</summary>
internal static class McpVersions
{
    public const string Modern = "2026-07-28";
    public const string NewestLegacy = "2025-11-25";

    private static readonly string[] Legacy = [NewestLegacy, "2025-06-18", "2025-03-26", "2024-11-05"];

    /// <summary>All of them, newest first, as <c>server/discover</c> names them.</summary>
    public static IReadOnlyList<string> All { get; } = [Modern, .. Legacy];

    public static bool IsLegacy(string version) => Array.IndexOf(Legacy, version) >= 0;

    /// <summary>What <c>initialize</c> answers: the version asked for when it is known, else the newest that still has sessions.</summary>
    public static string Negotiate(string asked) => IsLegacy(asked) ? asked : NewestLegacy;
}
