using McpRegistry.Core.Calls;
using McpRegistry.Core.Catalog;
using McpRegistry.Core.Json;
using McpRegistry.Core.State;
using McpRegistry.Core.Upstream;
using McpRegistry.Mcp.Clients;
using McpRegistry.Mcp.Questions;
using McpRegistry.Mcp.Resources;

using Microsoft.Extensions.Options;

namespace McpRegistry.Mcp;

/// <summary>Sends a routed request to its service and its answer back to the client, both as the bytes they are.</summary>
internal sealed class CallForwarder(ICallDispatcher dispatcher, ResourceRoutes routes, IOptions<McpOptions> options, TimeProvider time, ClientWriter clients)
{
    private readonly McpOptions _options = options.Value;

    /// <summary>Calls a tool.</summary>
    /// <param name="exchange">The client's request.</param>
    /// <param name="tool">The tool.</param>
    /// <param name="parameters">The params, under whatever name the client used.</param>
    /// <param name="isDirect">False when the client called a tool of the registry that stands for this call.</param>
    public Task CallToolAsync(McpExchange exchange, CatalogEntry tool, RequestParams parameters, bool isDirect)
    {
        if (ServiceOf(exchange, tool) is not { } service) return exchange.FailAsync(McpErrors.Of(ErrorCode.UnknownTool));
        var headers = CallHeaders.Of(exchange, tool, parameters, isDirect, out var error);
        if (error is not null) return exchange.FailAsync(error);
        return SendAsync(exchange, new UpstreamCall
        {
            Service = service,
            Method = "tools/call",
            Target = tool.Name,
            Params = WithClient(exchange, parameters.WithName(RouteFacts.Of(tool).EncodedName)),
            IsSafe = CallSafety.OfTool(service.Registration, tool),
            Headers = headers,
            Affinity = exchange.Session?.Affinity,
            Client = Client.Of(exchange.Http, exchange.Session),
            Listener = ListenerOf(exchange),
            IsRelayed = exchange.Scope.IsRelayed,
        });
    }

    /// <summary>Gets a prompt, reads a resource or completes an argument: what may be asked twice without harm.</summary>
    /// <param name="exchange">The client's request.</param>
    /// <param name="service">The service that has it.</param>
    /// <param name="target">The original name or the URI. Null: the method has none.</param>
    /// <param name="parameters">The params as they go upstream.</param>
    public Task ReadAsync(McpExchange exchange, ServiceSnapshot service, string? target, RequestParams parameters) => SendAsync(exchange, new UpstreamCall
    {
        Service = service,
        Method = exchange.Message.Method,
        Target = target,
        Params = WithClient(exchange, parameters),
        IsSafe = true,
        Affinity = exchange.Session?.Affinity,
        Client = Client.Of(exchange.Http, exchange.Session),
        Listener = ListenerOf(exchange),
        IsRelayed = exchange.Scope.IsRelayed,
    });

    /// <summary>The service of an entry. Null: it went just now.</summary>
    public static ServiceSnapshot? ServiceOf(McpExchange exchange, CatalogEntry entry) =>
        exchange.Scope.Service ?? exchange.Scope.Snapshot.Services.GetValueOrDefault(entry.Service);

    private async Task SendAsync(McpExchange exchange, UpstreamCall call)
    {
        if (exchange.InFlight is { } inFlight) inFlight.Service = call.Service.Name;
        using var stream = exchange.Stream;
        using var outcome = await dispatcher.DispatchAsync(call, exchange.Cancelled);
        if (outcome.Failure is not null || outcome.Reply is not { } reply)
        {
            await exchange.FailAsync(McpErrors.Of(outcome));
            return;
        }

        if (!reply.IsError) routes.Note(exchange.Scope, call.Service, call.Method, reply.Result);
        if (reply.IsError) await exchange.PassErrorAsync(ErrorOf(exchange, call.Service, reply));
        else if (exchange.Era == ProtocolEra.Modern) await AnswerModernAsync(exchange, call.Service, reply);
        else await AnswerLegacyAsync(exchange, reply);
    }

    // Where the client sees all services as one, it is told which of them asks.
    private static ReadOnlyMemory<byte> ErrorOf(McpExchange exchange, ServiceSnapshot service, UpstreamReply reply) =>
        exchange.Scope.IsWhole && JsonRpcErrors.CodeOf(reply.Error.Span) == AskingService.UrlElicitationRequired ? AskingService.NameInError(reply.Error, service.Name) : reply.Error;

    private static Task AnswerModernAsync(McpExchange exchange, ServiceSnapshot service, UpstreamReply reply) =>
        reply.Response.MayAsk && exchange.Scope.IsWhole ? exchange.AnswerAsync(AskingService.NameInResult(reply.Result, service.Name))
        : reply.Response.HasResultType ? exchange.AnswerAsync(reply.Result)
        : exchange.AnswerSplicedAsync(exchange.Message.Method == "resources/read" ? EnvelopeParts.ModernReadMembers : EnvelopeParts.ModernMembers, reply.Result);

    private static Task AnswerLegacyAsync(McpExchange exchange, UpstreamReply reply) =>
        reply.Response.HasResultType && ResultType.IsInputRequired(reply.Result.Span)
            ? exchange.FailAsync(new RpcError(RpcError.InvalidRequest, $"This needs input in the middle of a call, which takes a client of MCP {McpVersions.Modern}."))
            : exchange.AnswerAsync(reply.Result);

    private static RequestParams WithClient(McpExchange exchange, RequestParams parameters) => exchange.Session is not { } session ? parameters
        : parameters.WithClient(session.ClientInfo, session.LogRank is { } rank ? McpLogLevels.NameOf(rank) : null);

    // Without a listener no progress is asked for upstream, and the answer is plain JSON.
    private ResponseStream? ListenerOf(McpExchange exchange)
    {
        var parameters = exchange.Message.Params;
        var token = parameters.MetaMember(MetaKeys.ProgressToken);
        var rank = exchange.Session is { } session ? session.LogRank
            : parameters.MetaString(MetaKeys.LogLevel) is { } level ? McpLogLevels.RankOf(level)
            : null;
        if ((token.IsEmpty && rank is null) || !AcceptHeader.AllowsEvents(exchange.Http.Request)) return null;
        return exchange.Stream = new ResponseStream(exchange.Http.Response, token, rank, _options, time, clients);
    }
}
