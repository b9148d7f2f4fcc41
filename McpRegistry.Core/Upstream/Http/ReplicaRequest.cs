namespace McpRegistry.Core.Upstream.Http;

/// <summary>A request for another replica.</summary>
public sealed record ReplicaRequest
{
    /// <summary>The HTTP method.</summary>
    public required HttpMethod Method { get; init; }

    /// <summary>The whole address.</summary>
    public required Uri Target { get; init; }

    /// <summary>The headers, those of the body included.</summary>
    public required IReadOnlyList<KeyValuePair<string, string>> Headers { get; init; }

    /// <summary>The body; empty: none.</summary>
    public ReadOnlyMemory<byte> Body { get; init; }
}
