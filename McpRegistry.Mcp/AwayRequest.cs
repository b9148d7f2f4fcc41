using McpRegistry.Core.Calls;
using McpRegistry.Core.Cluster.Relaying;
using McpRegistry.Core.Json;
using McpRegistry.Core.Upstream;
using McpRegistry.Core.Upstream.Http;
using McpRegistry.Mcp.Clients;
using McpRegistry.Mcp.Relay;

namespace McpRegistry.Mcp;

/// <summary>A request of a legacy client whose session is not in this process.</summary>
/// <param name="http">The request.</param>
/// <param name="id">The session it names.</param>
/// <param name="service">The service of its URL. Null: <c>/mcp</c>.</param>
/// <param name="clients">Writes its answer.</param>
internal sealed class AwayRequest(HttpContext http, string id, string? service, ClientWriter clients)
{
    public HttpContext Http => http;

    public ClientWriter Clients => clients;

    public string Id => id;

    public string? Service => service;

    public string? Caller { get; } = CallerName.Of(http);

    /// <summary>The message of a POST. Null: a GET or a DELETE.</summary>
    public JsonRpcMessage? Message { get; init; }

    /// <summary>What the URL shows; of a POST.</summary>
    public McpScope Scope { get; init; }

    /// <summary>True when another replica passed it on.</summary>
    public bool IsRelayed => http.Features.Get<RelayClaims>() is { Kind: RelayKind.Session };

    /// <summary>True when it asks for a stream that stays open until somebody ends it.</summary>
    public bool IsListening => HttpMethods.IsGet(http.Request.Method);

    /// <summary>True when it does no harm to have it done twice. Only calls of tools do, unless they are known to be safe.</summary>
    public bool MayRepeat => Message is not { Kind: JsonRpcKind.Request, Method: "tools/call" } message || IsSafeTool(message);

    /// <summary>The request for another replica.</summary>
    public ReplicaRequest For(Uri address, string replica, RelaySeal seal)
    {
        var request = http.Request;
        var body = Message?.Bytes ?? default;
        var mark = seal.Make(RelayKind.Session, replica, new RelayedMessage(request.Method, RelayTarget.Of(request), id), Caller, body.Span);
        return new ReplicaRequest
        {
            Method = HttpMethod.Parse(request.Method),
            Target = RelayTarget.On(address, request),
            Headers = RelayHeaders.Of(request, mark),
            Body = body,
        };
    }

    public Task RefuseUnknownAsync() => RefuseAsync(StatusCodes.Status404NotFound, SessionEndpoints.UnknownSession);

    public Task RefuseAsync(int status, RpcError error) => McpErrors.RefuseAsync(http, status, error);

    /// <summary>Answers that another replica was asked and cannot give an answer any more.</summary>
    public Task FailAsync(RpcError error) => Message is { Kind: JsonRpcKind.Request } message
        ? new McpExchange(http, message, Scope, ProtocolEra.Legacy, clients).FailAsync(error)
        : RefuseAsync(StatusCodes.Status503ServiceUnavailable, error);

    /// <summary>What a client is told whose request was passed on and then lost.</summary>
    public RpcError LostError() => McpErrors.Of(CallOutcome.Failed(
        MayRepeat ? ErrorCode.UpstreamUnreachable : ErrorCode.UpstreamFailed, service ?? "", null, attempts: 1, maybeExecuted: !MayRepeat));

    // The registry's own tool that calls others could call anything, so it is none of the safe ones.
    private bool IsSafeTool(JsonRpcMessage message) =>
        message.Params.String("name"u8) is { } name
        && Scope.Catalog.FindTool(name) is { } tool
        && (Scope.Service ?? Scope.Snapshot.Services.GetValueOrDefault(tool.Service)) is { } target
        && CallSafety.OfTool(target.Registration, tool);
}
