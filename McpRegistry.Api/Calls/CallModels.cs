using System.ComponentModel;
using System.Text.Json;
using System.Text.Json.Nodes;
using System.Text.Json.Serialization;

namespace McpRegistry.Api.Calls;

// For the OpenAPI document only; CallBody reads what comes.
/// <summary>A tool, its arguments, and how to call it.</summary>
internal sealed record CallModel
{
    [Description("The tool's name, as the service knows it.")]
    public required string Tool { get; init; }

    [Description("The tool's arguments; also accepted as \"arguments\".")]
    public JsonObject? Args { get; init; }

    [Description("The longest wait in milliseconds; only shortens the service's own.")]
    public int? TimeoutMs { get; init; }

    [Description("\"safe\": the tool may be executed twice, so a lost call is sent again.")]
    public string? Retry { get; init; }
}

/// <summary>What a tool answers: an MCP CallToolResult, as its service sent it.</summary>
internal sealed record CallResultModel
{
    [Description("Text, images, audio and resources for people and models.")]
    public required IReadOnlyList<JsonObject> Content { get; init; }

    [Description("The result as data, for tools that have an output schema. MCP spells it structuredContent.")]
    [JsonPropertyName("structuredContent")]
    public JsonElement? StructuredContent { get; init; }

    [Description("True when the tool itself failed; the call as such worked.")]
    [JsonPropertyName("isError")]
    public bool? IsError { get; init; }
}
