using System.Collections.Immutable;

namespace McpRegistry.Core.Modeling;

/// <summary>What a person pastes into an MCP client so that it uses the gateway.</summary>
/// <param name="Id">The client, as a word for programs.</param>
/// <param name="Title">The client, as people call it, and where the text goes.</param>
public sealed record ClientConfiguration(string Id, string Title)
{
    private const string Place = "URL";

    private string Template { get; init; } = "";

    /// <summary>Whether the text is JSON; otherwise it is a command.</summary>
    public bool IsJson { get; private init; }

    /// <summary>The clients that are known, the most used first.</summary>
    public static ImmutableArray<ClientConfiguration> All { get; } =
    [
        new("claude-code", "Claude Code (a shell)") { Template = "claude mcp add --transport http registry URL" },
        new("vscode", "VS Code (.vscode/mcp.json)") { IsJson = true, Template = """{ "servers": { "registry": { "type": "http", "url": "URL" } } }""" },
        new("cursor", "Cursor (.cursor/mcp.json)") { IsJson = true, Template = """{ "mcpServers": { "registry": { "url": "URL" } } }""" },
        new("inspector", "MCP Inspector (a shell)") { Template = "npx -y @modelcontextprotocol/inspector --cli URL --transport http --method tools/list" },
    ];

    /// <summary>The text for a gateway.</summary>
    /// <param name="endpoint">The MCP endpoint, e.g. <c>http://localhost:5080/mcp</c>.</param>
    public string For(Uri endpoint) => Template.Replace(Place, endpoint.AbsoluteUri, StringComparison.Ordinal);
}
