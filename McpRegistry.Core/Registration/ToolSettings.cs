using System.Text.Json;

namespace McpRegistry.Core.Registration;

/// <summary>What the operator says of one tool.</summary>
public sealed record ToolSettings
{
    /// <summary>Whether the tool may be executed twice without harm, so that a lost call is tried again. Null: not said, see docs.</summary>
    public bool? Safe { get; init; }

    /// <summary><c>fastapi</c>: what the tool does, shown to clients. Null: nothing is shown.</summary>
    public string? Description { get; init; }

    /// <summary><c>fastapi</c>: the JSON schema of its arguments. Null: any object.</summary>
    public JsonElement? InputSchema { get; init; }

    /// <summary><c>fastapi</c>: the JSON schema of its structured result. Null: none.</summary>
    public JsonElement? OutputSchema { get; init; }
}
