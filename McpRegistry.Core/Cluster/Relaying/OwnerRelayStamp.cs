using McpRegistry.Core.Upstream.Http;

namespace McpRegistry.Core.Cluster.Relaying;

/// <summary>Marks each request to the replica that runs the children of a service. Who gets one answers from its own children, or 421 when it has none: what was relayed once is not relayed again.</summary>
internal sealed class OwnerRelayStamp(RelaySeal seal, string owner) : IRequestStamp
{
    public void Put(HttpRequestMessage request, ReadOnlySpan<byte> body)
    {
        var session = request.Headers.NonValidated.TryGetValues("Mcp-Session-Id", out var values) ? values.ToString() : "";
        var message = new RelayedMessage(request.Method.Method, request.RequestUri!.PathAndQuery, session);
        request.Headers.TryAddWithoutValidation(RelaySeal.Header, seal.Make(RelayKind.Owner, owner, message, caller: null, body));
    }
}
