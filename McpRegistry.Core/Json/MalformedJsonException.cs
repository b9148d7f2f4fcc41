using System.Text.Json;

namespace McpRegistry.Core.Json;

/// <summary>A text is no JSON at all, in contrast to JSON that is not what was expected. The message may be shown.</summary>
public sealed class MalformedJsonException(string message) : JsonException(message);
