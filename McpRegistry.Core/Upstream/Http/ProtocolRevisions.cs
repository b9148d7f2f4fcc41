namespace McpRegistry.Core.Upstream.Http;

/// <summary>The revisions of MCP spoken with HTTP instances.</summary>
internal static class ProtocolRevisions
{
    public const string Modern = "2026-07-28";

    public const string LatestLegacy = "2025-11-25";

    // The first revision that wants MCP-Protocol-Version on every request.
    private const string FirstWithHeader = "2025-06-18";

    public static bool IsLegacy(string? revision) => revision is LatestLegacy or FirstWithHeader or "2025-03-26" or "2024-11-05";

    public static bool WantsHeader(string revision) => string.CompareOrdinal(revision, FirstWithHeader) >= 0;
}
