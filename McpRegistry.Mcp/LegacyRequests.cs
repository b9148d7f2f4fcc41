using McpRegistry.Core.Calls;
using McpRegistry.Core.Json;
using McpRegistry.Core.Upstream;
using McpRegistry.Mcp.Clients;

namespace McpRegistry.Mcp;

/// <summary>What clients of the revisions with sessions send by POST.</summary>
internal sealed class LegacyRequests(LegacySessions sessions, ISessionSharing sharing, CatalogRequests catalog, ServerIntroduction introduction, LogLevelForwarder logLevels, LeftCalls leftCalls, ClientWriter clients)
{
    public Task HandleAsync(HttpContext http, JsonRpcMessage message, McpScope scope)
    {
        if (message is { Kind: JsonRpcKind.Request, Method: "initialize" })
            return InitializeAsync(new McpExchange(http, message, scope, ProtocolEra.Legacy, clients));

        if (OneValue.Of(http.Request.Headers[McpHeaders.SessionId]) is not { } id)
        {
            var error = new RpcError(RpcError.InvalidRequest, "The Mcp-Session-Id header is missing; initialize first.");
            return McpErrors.RefuseAsync(http, StatusCodes.Status400BadRequest, error, message.Kind == JsonRpcKind.Request ? message.Id : default);
        }

        return sessions.Find(id, scope.Service?.Name, CallerName.Of(http)) is { } session
            ? HandleAsync(http, message, scope, session)
            : ReachAsync(new AwayRequest(http, id, scope.Service?.Name, clients) { Message = message, Scope = scope });
    }

    private async Task ReachAsync(AwayRequest request)
    {
        if (await sharing.ReachAsync(request) is { } session) await HandleAsync(request.Http, request.Message!, request.Scope, session);
    }

    private Task HandleAsync(HttpContext http, JsonRpcMessage message, McpScope scope, LegacySession session)
    {
        if (message.Kind == JsonRpcKind.Request) return AnswerAsync(new McpExchange(http, message, scope, ProtocolEra.Legacy, clients) { Session = session });
        if (message is { Kind: JsonRpcKind.Notification, Method: "notifications/cancelled" })
            session.InFlight.Cancel(message.Params.Member("requestId"u8));
        http.Response.StatusCode = StatusCodes.Status202Accepted;
        return Task.CompletedTask;
    }

    private async Task InitializeAsync(McpExchange exchange)
    {
        var parameters = exchange.Message.Params;
        if (parameters.String("protocolVersion"u8) is not { } asked)
        {
            await exchange.FailAsync(McpErrors.InvalidParams("params.protocolVersion must be a string."));
            return;
        }

        var version = McpVersions.Negotiate(asked);
        var http = exchange.Http;
        var clientInfo = ClientInfo.Of(parameters.Member("clientInfo"u8));
        if (sessions.TryOpen(exchange.Scope.Service?.Name, CallerName.Of(http), version, clientInfo, Client.Of(http)) is not { } session)
        {
            await McpErrors.RefuseAsync(http, StatusCodes.Status503ServiceUnavailable, McpErrors.Of(ErrorCode.Overloaded, "Too many sessions are open."), exchange.Message.Id);
            return;
        }

        await sharing.WriteAsync(session);
        http.Response.Headers[McpHeaders.SessionId] = session.Id;
        await exchange.AnswerAsync(introduction.Initialize(exchange.Scope, version));
    }

    private async Task AnswerAsync(McpExchange exchange)
    {
        // Losing the connection is no cancellation in this era: only the client's word is, where nothing else is said.
        using var call = exchange.Session!.InFlight.Begin(exchange.Message.Id);
        using var hangUp = leftCalls.EndWithTheirConnection ? exchange.Http.RequestAborted.UnsafeRegister(static left => ((InFlightCalls.Call)left!).Cancel(), call) : default;
        exchange.Cancelled = call.Token;
        exchange.InFlight = call;
        var answered = catalog.TryAnswer(exchange) ?? exchange.Message.Method switch
        {
            "ping" => exchange.AnswerAsync(EnvelopeParts.EmptyObject),
            "logging/setLevel" => SetLogLevelAsync(exchange),
            _ => exchange.FailAsync(McpErrors.UnknownMethod),
        };
        await answered;
    }

    private async Task SetLogLevelAsync(McpExchange exchange)
    {
        var rank = McpLogLevels.RankOf(exchange.Message.Params.String("level"u8));
        if (rank < 0)
        {
            await exchange.FailAsync(McpErrors.InvalidParams("There is no such log level."));
            return;
        }

        exchange.Session!.LogRank = rank;
        logLevels.LookAgain();
        await sharing.WriteAsync(exchange.Session);
        await exchange.AnswerAsync(EnvelopeParts.EmptyObject);
    }
}
