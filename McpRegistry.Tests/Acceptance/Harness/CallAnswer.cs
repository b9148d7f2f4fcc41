using System.Text.Json;

namespace McpRegistry.Tests.Acceptance.Harness;

/// <summary>The answer of REST to one tool call.</summary>
internal sealed record CallAnswer(int Status, JsonElement Body)
{
    public bool IsSuccess => Status == 200 && !(Body.TryGetProperty("isError", out var isError) && isError.GetBoolean());

    public string? Code => Status == 200 ? null : Body.TryGetProperty("code", out var code) ? code.GetString() : $"HTTP {Status}";

    public bool? MaybeExecuted => Body.TryGetProperty("maybe_executed", out var maybe) ? maybe.GetBoolean() : null;

    /// <summary>All text parts of the result.</summary>
    public string Text => Body.TryGetProperty("content", out var content)
        ? string.Concat(content.EnumerateArray().Select(part => part.TryGetProperty("text", out var text) ? text.GetString() : ""))
        : Body.ToString();
}
