using McpRegistry.Core.Clients;
using McpRegistry.Core.Json;
using McpRegistry.Core.State;
using McpRegistry.Core.Upstream;

namespace McpRegistry.Core.Calls;

/// <summary>One call of a client, routed: which service, what to send, and what may be done when it is lost.</summary>
public sealed class UpstreamCall
{
    /// <summary>The service, as the snapshot had it when the call came.</summary>
    public required ServiceSnapshot Service { get; init; }

    /// <summary>The JSON-RPC method.</summary>
    public required string Method { get; init; }

    /// <summary>The tool's or prompt's original name, or the resource's URI; null for other methods.</summary>
    public string? Target { get; init; }

    /// <summary>The <c>params</c>, already under the original name.</summary>
    public required RequestParams Params { get; init; }

    /// <summary>True when it may be executed twice without harm (<see cref="CallSafety"/>): a lost call is then sent again elsewhere.</summary>
    public required bool IsSafe { get; init; }

    /// <summary>The client's own wish for the longest wait; only shortens. Null: the service's.</summary>
    public TimeSpan? Timeout { get; init; }

    /// <summary>Hears progress and log messages. Null: nobody does.</summary>
    public IRequestListener? Listener { get; init; }

    /// <summary>Keeps a legacy client's calls on one instance of a stateful service. Null: no such wish.</summary>
    public SessionAffinity? Affinity { get; init; }

    /// <summary>Whose call it is, where clients share an instance. Not given: nobody's in particular.</summary>
    public ClientKey Client { get; init; }

    /// <summary>Further headers for an HTTP upstream (<c>Mcp-Param-*</c>).</summary>
    public IReadOnlyList<KeyValuePair<string, string>>? Headers { get; init; }

    /// <summary>True when another replica sent it here because the children of the service run here. It is never sent on, so it cannot go in a circle.</summary>
    public bool IsRelayed { get; init; }

    internal bool MayUse(InstanceState instance) => !IsRelayed || instance.Address is null;
}
