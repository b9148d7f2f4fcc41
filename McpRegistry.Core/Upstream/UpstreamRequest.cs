using McpRegistry.Core.Json;

namespace McpRegistry.Core.Upstream;

/// <summary>One request on its way upstream. The client adds id, progress token and the era's own metadata.</summary>
public sealed class UpstreamRequest
{
    /// <summary>The JSON-RPC method.</summary>
    public required string Method { get; init; }

    /// <summary>The tool's or prompt's original name or the resource's URI: the <c>Mcp-Name</c> header of the modern era. Null for other methods.</summary>
    public string? RoutingName { get; init; }

    /// <summary>The <c>params</c>.</summary>
    public required RequestParams Params { get; init; }

    /// <summary>Hears progress and log messages of this request. Null: they are dropped, and no progress is asked for.</summary>
    public IRequestListener? Listener { get; init; }

    /// <summary>Is told that the upstream is at work on the request, be it by a comment on the stream of its answer. Null: nobody waits for it.</summary>
    public ISignsOfLife? SignsOfLife { get; init; }

    /// <summary>Further headers for an HTTP upstream (<c>Mcp-Param-*</c>). Null: none.</summary>
    public IReadOnlyList<KeyValuePair<string, string>>? Headers { get; init; }

    /// <summary>The W3C trace context to carry upstream. Null: none.</summary>
    public string? TraceParent { get; init; }

    /// <inheritdoc cref="TraceParent"/>
    public string? TraceState { get; init; }

    /// <summary>True for what the registry asks by itself, such as a handshake or a probe; see <see cref="Diagnostics.ControlTrace"/>. Default false: it is a client's.</summary>
    public bool IsOfRegistry { get; init; }

    /// <summary>True once bytes of it may have left. A client that throws before has provably executed nothing.</summary>
    public bool MayHaveLeft { get; private set; }

    /// <summary>Every client says this right before it hands the first byte on.</summary>
    internal void Leave() => MayHaveLeft = true;
}
