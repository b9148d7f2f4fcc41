using McpRegistry.Core.Json;

namespace McpRegistry.Core.Upstream.PlainHttp;

/// <summary>One request to a plain HTTP service, put together and not sent yet.</summary>
internal readonly record struct PlainRequest(HttpMethod Method, string Path)
{
    /// <summary>The path before <see cref="Path"/>. Null: the base URL's.</summary>
    public string? BasePath { get; init; }

    /// <summary>The query without <c>?</c>; that of the base URL is put before it. Null: none.</summary>
    public string? Query { get; init; }

    public string? Accept { get; init; }

    /// <summary>Headers that arguments give. Null: none.</summary>
    public List<KeyValuePair<string, string>>? Headers { get; init; }

    /// <summary>The body, owned by whoever sends it. Null: none.</summary>
    public PooledBytes? Body { get; init; }

    public string? ContentType { get; init; }
}
