namespace McpRegistry.Core.Upstream.Channels;

/// <summary>The revisions of MCP we speak towards upstreams, newest first.</summary>
internal static class KnownRevisions
{
    public static readonly string[] Modern = ["2026-07-28"];

    public static readonly string[] Legacy = ["2025-11-25", "2025-06-18", "2025-03-26", "2024-11-05"];
}
