namespace McpRegistry.SampleServer;

/// <summary>Which protocol revisions the server admits to.</summary>
internal enum Era
{
    /// <summary>Everything the SDK offers, at one address.</summary>
    Both,

    /// <summary>Up to 2025-11-25: initialize and sessions; a modern request is something it never heard of.</summary>
    Legacy,

    /// <summary>2026-07-28 only: no initialize, no sessions.</summary>
    Modern,
}

internal static class ProtocolVersions
{
    public const string FirstModern = "2026-07-28";

    // Revisions are ISO dates, so their order is the order of their text.
    public static bool IsModern(string? version) =>
        string.CompareOrdinal(version, FirstModern) >= 0;
}
