using System.Text.Json;
using System.Text.Json.Nodes;
using System.Threading.Channels;
using ModelContextProtocol;
using ModelContextProtocol.Protocol;
using ModelContextProtocol.Server;

namespace McpRegistry.SampleServer.Hosting;

/// <summary>
/// subscriptions/listen for modern HTTP clients. The SDK's own handler grants a stateless request nothing, because
/// nothing of the server outlives it; here the collections do.
/// </summary>
internal sealed class ListChangeSubscriptions(
    McpServerPrimitiveCollection<McpServerTool> tools, McpServerPrimitiveCollection<McpServerPrompt> prompts)
{
    public async ValueTask<EmptyResult> ListenAsync(
        RequestContext<SubscriptionsListenRequestParams> request, CancellationToken cancellationToken)
    {
        var asked = request.Params.Notifications;
        var granted = new SubscriptionsListenNotifications
        {
            ToolsListChanged = asked.ToolsListChanged is true ? true : null,
            PromptsListChanged = asked.PromptsListChanged is true ? true : null,
        };
        var changes = Channel.CreateUnbounded<string>();
        void OnTools(object? sender, EventArgs change) => changes.Writer.TryWrite(NotificationMethods.ToolListChangedNotification);
        void OnPrompts(object? sender, EventArgs change) => changes.Writer.TryWrite(NotificationMethods.PromptListChangedNotification);

        if (granted.ToolsListChanged is true)
            tools.Changed += OnTools;
        if (granted.PromptsListChanged is true)
            prompts.Changed += OnPrompts;
        try
        {
            await SendAsync(request, NotificationMethods.SubscriptionsAcknowledgedNotification, Acknowledgement(granted), cancellationToken);
            await foreach (var method in changes.Reader.ReadAllAsync(cancellationToken))
                await SendAsync(request, method, [], cancellationToken);
        }
        catch (OperationCanceledException) when (cancellationToken.IsCancellationRequested)
        {
            // The client hung up: the usual end of a subscription.
        }
        finally
        {
            tools.Changed -= OnTools;
            prompts.Changed -= OnPrompts;
        }

        return new EmptyResult();
    }

    private static JsonObject Acknowledgement(SubscriptionsListenNotifications granted) =>
        JsonSerializer.SerializeToNode(
            new SubscriptionsAcknowledgedNotificationParams { Notifications = granted }, McpJsonUtilities.DefaultOptions)!.AsObject();

    private static Task SendAsync(
        RequestContext<SubscriptionsListenRequestParams> request, string method, JsonObject parameters, CancellationToken cancellationToken)
    {
        parameters["_meta"] = new JsonObject
        {
            ["io.modelcontextprotocol/subscriptionId"] =
                JsonSerializer.SerializeToNode(request.JsonRpcRequest.Id, McpJsonUtilities.DefaultOptions),
        };
        return request.Server.SendMessageAsync(new JsonRpcNotification { Method = method, Params = parameters }, cancellationToken);
    }
}
