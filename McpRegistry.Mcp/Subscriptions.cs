using System.Collections.Concurrent;
using System.Text.Json;

using McpRegistry.Core.Calls;
using McpRegistry.Core.Json;
using McpRegistry.Core.State;
using McpRegistry.Mcp.Clients;

using Microsoft.Extensions.Options;

namespace McpRegistry.Mcp;

/// <summary>The open <c>subscriptions/listen</c> requests of modern clients.</summary>
internal sealed class Subscriptions(IOptions<McpOptions> options, TimeProvider time, StreamLimit limit, IHostApplicationLifetime lifetime, ClientWriter clients)
{
    private readonly ConcurrentDictionary<Subscription, bool> _open = new();

    /// <summary>Holds the request open and tells what it wants to know, until the client hangs up or the gateway stops.</summary>
    public async Task ListenAsync(McpExchange exchange)
    {
        if (!AcceptHeader.AllowsEvents(exchange.Http.Request))
        {
            await McpErrors.RefuseAsync(exchange.Http, StatusCodes.Status406NotAcceptable, new RpcError(RpcError.InvalidRequest, "The client must accept text/event-stream."));
            return;
        }

        var filter = exchange.Message.Params.Member("notifications"u8, out var type);
        if (type != JsonTokenType.StartObject)
        {
            await exchange.FailAsync(McpErrors.InvalidParams("params.notifications must be an object."));
            return;
        }

        if (lifetime.ApplicationStopping.IsCancellationRequested)
        {
            await exchange.FailAsync(McpErrors.Of(ErrorCode.Draining));
            return;
        }

        var subscription = new Subscription(exchange, ListsOf(filter), options.Value, time, clients);
        using var place = limit.TryEnter(exchange.Http, subscription.Stream);
        if (place is null) await exchange.FailAsync(McpErrors.Of(ErrorCode.Overloaded, "Too many streams are open."));
        else await RunAsync(exchange, subscription);
    }

    /// <summary>Tells subscribers which lists changed.</summary>
    /// <param name="listsOf">The changed lists of a service, or of everything for null.</param>
    public void Notify(Func<string?, CatalogLists> listsOf)
    {
        foreach (var subscription in _open.Keys) subscription.Notify(listsOf(subscription.Service));
    }

    private async Task RunAsync(McpExchange exchange, Subscription subscription)
    {
        subscription.Acknowledge();
        _open[subscription] = true;
        try
        {
            await using var stopping = lifetime.ApplicationStopping.Register(subscription.End);
            if (await subscription.Stream.RunAsync(exchange.Http))
                SseWriter.WriteMessage(exchange.Http.Response.BodyWriter, subscription.LastMessage().Span);
        }
        finally { _open.TryRemove(subscription, out _); }
    }

    private static CatalogLists ListsOf(ReadOnlyMemory<byte> filter)
    {
        var wanted = RequestParams.Parse(filter);
        return (Wants("toolsListChanged"u8) ? CatalogLists.Tools : CatalogLists.None)
            | (Wants("promptsListChanged"u8) ? CatalogLists.Prompts : CatalogLists.None)
            | (Wants("resourcesListChanged"u8) ? CatalogLists.Resources : CatalogLists.None);

        bool Wants(ReadOnlySpan<byte> name) => wanted.Member(name).Span.SequenceEqual("true"u8);
    }
}
