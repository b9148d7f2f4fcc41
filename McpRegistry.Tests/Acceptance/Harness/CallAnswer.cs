using System.Text.Json;

namespace McpRegistry.Tests.Acceptance.Harness;

/// <summary>The answer to one tool call, over REST or MCP. Status 0: no answer came, the body says why.</summary>
internal sealed record CallAnswer(int Status, JsonElement Body)
{
    public bool IsSuccess => Status == 200 && !(Body.TryGetProperty("isError", out var isError) && isError.GetBoolean());

    public string? Code => Status == 200 ? null : Body.TryGetProperty("code", out var code) ? code.GetString() : $"HTTP {Status}";

    public bool? MaybeExecuted => Body.TryGetProperty("maybe_executed", out var maybe) ? maybe.GetBoolean() : null;

    /// <summary>All text parts of the result.</summary>
    public string Text => Body.TryGetProperty("content", out var content)
        ? string.Concat(content.EnumerateArray().Select(part => part.TryGetProperty("text", out var text) ? text.GetString() : ""))
        : Body.ToString();

    /// <summary>A call whose client got an exception instead of an answer.</summary>
    public static CallAnswer None(Exception reason) => new(0, JsonSerializer.SerializeToElement(new { code = $"{reason.GetType().Name}: {reason.Message}" }));

    /// <summary>This answer if it is the one to the call of this id; another call's answer is a failure.</summary>
    public CallAnswer To(string id) => !IsSuccess || Text.Contains(id, StringComparison.Ordinal) ? this : new(0, JsonSerializer.SerializeToElement(new { code = $"answer of another call: {Text}" }));
}
