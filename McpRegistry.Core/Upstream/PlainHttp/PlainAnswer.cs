using McpRegistry.Core.Upstream.Http;

namespace McpRegistry.Core.Upstream.PlainHttp;

/// <summary>What came back for one request to a plain HTTP service.</summary>
/// <param name="Http">Status and body, or why there is none.</param>
internal readonly record struct PlainAnswer(HttpAnswer Http)
{
    /// <summary><c>Content-Type</c> as it came. Null: not said.</summary>
    public string? ContentType { get; init; }

    /// <summary><c>Location</c> as it came. Null: not said.</summary>
    public string? Location { get; init; }
}
