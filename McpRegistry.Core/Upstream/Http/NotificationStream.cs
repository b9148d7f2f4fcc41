using System.Text.Json;

using McpRegistry.Core.Buffers;
using McpRegistry.Core.Diagnostics;
using McpRegistry.Core.Json;

using Microsoft.Extensions.Logging;

namespace McpRegistry.Core.Upstream.Http;

/// <summary>
/// Listens to what an instance says unasked: the standalone GET stream of the legacy era, <c>subscriptions/listen</c> of
/// the modern one. Comes back after a break, slower each time; ends when the instance does not offer it.
/// </summary>
internal sealed partial class NotificationStream(
    McpEndpoint endpoint, HttpExchange exchange, IInstanceObserver observer, RequestIds ids, TimeProvider time, Random random, ILogger logger, int maxEventBytes, ByteBudget? budget = null)
{
    /// <summary>Listens until the token ends it. Does not throw.</summary>
    public async Task RunAsync(HttpLink link, CancellationToken cancellationToken)
    {
        var wait = ShortestWait;
        var isAgain = false;
        try
        {
            while (true)
            {
                var began = time.GetTimestamp();
                if (!await ListenOnceAsync(link, isAgain, cancellationToken)) return;
                isAgain = true;
                if (time.GetElapsedTime(began) > LongestWait) wait = ShortestWait;
                // Jitter, so that a restarted instance is not met by all its clients at once.
                await Task.Delay(wait * (1 + random.NextDouble() / 4), time, cancellationToken);
                wait = wait * 2 < LongestWait ? wait * 2 : LongestWait;
            }
        }
        catch (OperationCanceledException) when (cancellationToken.IsCancellationRequested) { }
        catch (Exception failure) { ListeningFailed(endpoint.Address.GetLeftPart(UriPartial.Path), failure); }
    }

    // False: the instance does not offer it.
    private async Task<bool> ListenOnceAsync(HttpLink link, bool isAgain, CancellationToken cancellationToken) =>
        link.Era == ProtocolEra.Modern ? await SubscribeAsync(link, cancellationToken) : await GetAsync(link, isAgain, cancellationToken);

    private async Task<bool> SubscribeAsync(HttpLink link, CancellationToken cancellationToken)
    {
        if (SubscriptionFor(link.Connection) is not { } parameters) return false;
        var request = new UpstreamRequest { Method = "subscriptions/listen", Params = parameters, IsOfRegistry = true, TraceParent = ControlTrace.Unrecorded() };
        var answer = await exchange.SendAsync(link, ids.Next(), request, new HopMeta(link.Era, link.Connection.ProtocolVersion), cancellationToken);
        using var body = answer.Body;
        cancellationToken.ThrowIfCancellationRequested();
        return answer.Failure is not null || !answer.Result.IsEmpty || IsPassing(answer.Status);
    }

    private async Task<bool> GetAsync(HttpLink link, bool isAgain, CancellationToken cancellationToken)
    {
        try
        {
            using var request = endpoint.Create(HttpMethod.Get, link, "text/event-stream");
            // It lasts as long as the connection; whatever it was opened in is over long before.
            request.Headers.TryAddWithoutValidation("traceparent", ControlTrace.Unrecorded());
            using var response = await endpoint.SendAsync(request, cancellationToken);
            if (!response.IsSuccessStatusCode) return IsPassing((int)response.StatusCode);
            if (!ResponseBody.IsEventStream(response)) return false;
            if (isAgain) observer.ListensAgain();
            await ReadAsync(response, link, cancellationToken);
        }
        catch (Exception failure) when (SendFailures.IsExpected(failure)) { cancellationToken.ThrowIfCancellationRequested(); }
        return true;
    }

    private async Task ReadAsync(HttpResponseMessage response, HttpLink link, CancellationToken cancellationToken)
    {
        using var reader = new SseReader(await response.Content.ReadAsStreamAsync(cancellationToken), maxEventBytes, budget: budget);
        while (await reader.ReadAsync(cancellationToken) == SseRead.Event)
        {
            if (!HttpExchange.TryReadMessage(reader, out var message)) continue;
            if (message.Kind == JsonRpcKind.Notification) observer.Notified(message.Method, message.Bytes);
            else if (message.Kind == JsonRpcKind.Request) await exchange.AnswerServerAsync(link, message, cancellationToken);
        }

        // Ended by the instance, or by us at an event that is too large; either way the connection is of no further use.
        await ResponseBody.AbortAsync(response);
    }

    // Worth another try: overload, a restart, credentials that are being rotated.
    private static bool IsPassing(int status) => status is 401 or 403 or 408 or 429 or >= 500;

    private static RequestParams? SubscriptionFor(InstanceConnection connection)
    {
        var wanted = new List<string>(3);
        foreach (var (capability, notification) in Subscribable)
        {
            if (TellsOfChanges(connection, capability)) wanted.Add($"\"{notification}\":true");
        }

        return wanted.Count == 0 ? null : RequestParams.Parse(System.Text.Encoding.UTF8.GetBytes($"{{\"notifications\":{{{string.Join(',', wanted)}}}}}"));
    }

    private static bool TellsOfChanges(InstanceConnection connection, string capability) =>
        connection.Capabilities.TryGetProperty(capability, out var value) && value.ValueKind == JsonValueKind.Object
        && value.TryGetProperty("listChanged", out var flag) && flag.ValueKind == JsonValueKind.True;

    private static readonly (string Capability, string Notification)[] Subscribable =
        [("tools", "toolsListChanged"), ("prompts", "promptsListChanged"), ("resources", "resourcesListChanged")];

    private static readonly TimeSpan ShortestWait = TimeSpan.FromSeconds(1);

    private static readonly TimeSpan LongestWait = TimeSpan.FromSeconds(60);
}
