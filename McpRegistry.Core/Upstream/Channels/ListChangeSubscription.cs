using System.Text;
using System.Text.Json;

using McpRegistry.Core.Diagnostics;
using McpRegistry.Core.Json;

namespace McpRegistry.Core.Upstream.Channels;

/// <summary>Asks a modern server to tell of changes of its lists. (Legacy servers tell unasked.) What it tells reaches the observer.</summary>
internal static class ListChangeSubscription
{
    /// <summary>The method of the request; it is answered when the subscription ends.</summary>
    public const string Method = "subscriptions/listen";

    private static readonly TimeSpan Pause = TimeSpan.FromSeconds(5);

    /// <summary>Keeps the subscription until the channel is lost or the server refuses.</summary>
    public static async Task KeepAsync(MessageChannelPeer peer, InstanceConnection connection, TimeProvider time)
    {
        string[] lists = [.. ((string[])["tools", "prompts", "resources"]).Where(list => TellsOfChanges(connection, list))];
        if (connection.Era != ProtocolEra.Modern || lists.Length == 0) return;
        var wanted = string.Join(',', lists.Select(list => $"\"{list}ListChanged\":true"));
        var request = new UpstreamRequest
        {
            Method = Method,
            Params = RequestParams.Parse(Encoding.UTF8.GetBytes("{\"notifications\":{" + wanted + "}}")),
            // It lasts as long as the channel; whatever it was opened in is over long before.
            TraceParent = ControlTrace.Unrecorded(),
        };
        while (!peer.IsClosed)
        {
            using var reply = await peer.SendAsync(request, connection.Era, connection.ProtocolVersion, CancellationToken.None);
            if (reply.Outcome == UpstreamOutcome.Answered && reply.IsError) return;
            await Task.WhenAny(peer.Completion, Task.Delay(Pause, time));
        }
    }

    private static bool TellsOfChanges(InstanceConnection connection, string list) =>
        connection.Has(list)
        && connection.Capabilities.GetProperty(list) is { ValueKind: JsonValueKind.Object } capability
        && capability.TryGetProperty("listChanged", out var told)
        && told.ValueKind == JsonValueKind.True;
}
