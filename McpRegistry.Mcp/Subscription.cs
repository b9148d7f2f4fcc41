using System.Text;

using McpRegistry.Core.State;
using McpRegistry.Mcp.Clients;

namespace McpRegistry.Mcp;

/// <summary>One open <c>subscriptions/listen</c>; each of its messages carries the id of the request.</summary>
internal sealed class Subscription
{
    private readonly byte[] _id;
    private readonly CatalogLists _lists;

    /// <summary>Makes one.</summary>
    /// <param name="exchange">The request.</param>
    /// <param name="lists">What it wants to hear of.</param>
    /// <param name="options">How often its stream gives a sign of life.</param>
    /// <param name="time">The clock.</param>
    /// <param name="clients">Writes.</param>
    public Subscription(McpExchange exchange, CatalogLists lists, McpOptions options, TimeProvider time, ClientWriter clients)
    {
        // The request's buffer does not live as long as this.
        _id = exchange.Message.Id.ToArray();
        _lists = lists;
        Service = exchange.Scope.Service?.Name;
        Stream = new EventStream(options, time, clients, changed => ListChangedMessages.Of(changed, _id));
    }

    /// <summary>The one service it is about. Null: all.</summary>
    public string? Service { get; }

    public EventStream Stream { get; }

    /// <summary>The first message: which of the wishes are granted. Those for single resources are not.</summary>
    public void Acknowledge()
    {
        var granted = string.Join(',', new[]
        {
            (CatalogLists.Tools, "\"toolsListChanged\":true"),
            (CatalogLists.Prompts, "\"promptsListChanged\":true"),
            (CatalogLists.Resources, "\"resourcesListChanged\":true"),
        }.Where(one => _lists.HasFlag(one.Item1)).Select(one => one.Item2));
        Stream.Post(Encoding.UTF8.GetBytes(
            $"{{\"jsonrpc\":\"2.0\",\"method\":\"notifications/subscriptions/acknowledged\",\"params\":{{\"_meta\":{{\"io.modelcontextprotocol/subscriptionId\":{Id}}},\"notifications\":{{{granted}}}}}}}"));
    }

    public void Notify(CatalogLists changed) => Stream.Tell(changed & _lists);

    public void End() => Stream.End();

    /// <summary>The answer to the request, which says that it ended as it should.</summary>
    public ReadOnlyMemory<byte> LastMessage() => Encoding.UTF8.GetBytes(
        $"{{\"jsonrpc\":\"2.0\",\"id\":{Id},\"result\":{{\"resultType\":\"complete\",\"_meta\":{{\"io.modelcontextprotocol/subscriptionId\":{Id}}}}}}}");

    private string Id => Encoding.UTF8.GetString(_id);
}
