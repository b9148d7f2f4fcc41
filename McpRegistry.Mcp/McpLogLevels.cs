namespace McpRegistry.Mcp;

/// <summary>The log levels of MCP, from the most to the least talkative.</summary>
internal static class McpLogLevels
{
    private static readonly string[] Names = ["debug", "info", "notice", "warning", "error", "critical", "alert", "emergency"];

    /// <summary>The rank of the level that says least.</summary>
    public static int Quietest => Names.Length - 1;

    /// <summary>The rank of a level, 0 for <c>debug</c>; negative: there is no such level.</summary>
    public static int RankOf(string? name) => Array.IndexOf(Names, name);

    public static string NameOf(int rank) => Names[rank];
}
