using System.Text;

using McpRegistry.Core.State;

namespace McpRegistry.Mcp;

/// <summary>One open <c>subscriptions/listen</c>; each of its messages carries the id of the request.</summary>
/// <param name="exchange">The request.</param>
/// <param name="lists">What it wants to hear of.</param>
/// <param name="stream">Where its messages go.</param>
internal sealed class Subscription(McpExchange exchange, CatalogLists lists, EventStream stream)
{
    private readonly string _id = Encoding.UTF8.GetString(exchange.Message.Id.Span);

    /// <summary>The one service it is about. Null: all.</summary>
    public string? Service { get; } = exchange.Scope.Service?.Name;

    public EventStream Stream => stream;

    /// <summary>The first message: which of the wishes are granted. Those for single resources are not.</summary>
    public void Acknowledge()
    {
        var granted = string.Join(',', new[]
        {
            (CatalogLists.Tools, "\"toolsListChanged\":true"),
            (CatalogLists.Prompts, "\"promptsListChanged\":true"),
            (CatalogLists.Resources, "\"resourcesListChanged\":true"),
        }.Where(one => lists.HasFlag(one.Item1)).Select(one => one.Item2));
        stream.TryPost(Encoding.UTF8.GetBytes(
            $"{{\"jsonrpc\":\"2.0\",\"method\":\"notifications/subscriptions/acknowledged\",\"params\":{{\"_meta\":{{\"io.modelcontextprotocol/subscriptionId\":{_id}}},\"notifications\":{{{granted}}}}}}}"));
    }

    public void Notify(CatalogLists changed)
    {
        foreach (var message in ListChangedMessages.Of(changed & lists, Encoding.UTF8.GetBytes(_id))) stream.TryPost(message);
    }

    public void End() => stream.End();

    /// <summary>The answer to the request, which says that it ended as it should.</summary>
    public ReadOnlyMemory<byte> LastMessage() => Encoding.UTF8.GetBytes(
        $"{{\"jsonrpc\":\"2.0\",\"id\":{_id},\"result\":{{\"resultType\":\"complete\",\"_meta\":{{\"io.modelcontextprotocol/subscriptionId\":{_id}}}}}}}");
}
