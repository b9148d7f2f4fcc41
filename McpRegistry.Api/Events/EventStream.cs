using System.Globalization;
using System.Text;
using System.Text.Json;

using McpRegistry.Api.Hosting;
using McpRegistry.Api.Json;
using McpRegistry.Api.Problems;
using McpRegistry.Core.Calls;
using McpRegistry.Core.Clients;
using McpRegistry.Core.State;
using McpRegistry.Mcp.Clients;

using Microsoft.Extensions.Options;

namespace McpRegistry.Api.Events;

/// <summary><c>GET /api/events</c>: changes of the registry as server-sent events, until the client or the gateway goes.</summary>
internal sealed class EventStream(RegistryState state, IOptions<GatewayHttpOptions> options, IHostApplicationLifetime lifetime, TimeProvider time, ClientWriter clients)
{
    private static readonly TimeSpan KeepAlive = TimeSpan.FromSeconds(15);
    private readonly FairPlaces _places = new(options.Value.MaxEventStreams);

    public async Task ServeAsync(HttpContext context)
    {
        if (lifetime.ApplicationStopping.IsCancellationRequested)
        {
            await ProblemMap.WriteAsync(context, new Problem(ErrorCode.Draining) { RetryAfter = TimeSpan.FromSeconds(1) });
            return;
        }

        // An open stream would hold up a stop for the whole shutdown timeout.
        using var stopping = CancellationTokenSource.CreateLinkedTokenSource(context.RequestAborted, lifetime.ApplicationStopping);
        using var place = _places.TryEnter(Client.Of(context), () => EndQuietly(stopping));
        if (place is null)
        {
            await ProblemMap.WriteAsync(context, new Problem(ErrorCode.Overloaded) { Detail = "Too many event streams are open.", RetryAfter = KeepAlive });
            return;
        }

        try
        {
            using var changes = new EventSubscription(state);
            await WriteAsync(context, changes, stopping.Token);
        }
        catch (OperationCanceledException) when (stopping.IsCancellationRequested)
        {
            // The usual end.
        }
    }

    private async Task WriteAsync(HttpContext context, EventSubscription changes, CancellationToken cancellationToken)
    {
        var response = context.Response;
        response.ContentType = "text/event-stream";
        response.Headers.CacheControl = "no-store";
        response.Headers["X-Accel-Buffering"] = "no";
        var lastSeen = context.Request.Headers["Last-Event-ID"];
        var start = state.Current.Version;
        // Events of the past are not kept: a client that missed some looks at everything again.
        var first = lastSeen.Count != 0 && lastSeen != start.ToString(CultureInfo.InvariantCulture) ? Resync() : ": connected\n\n";
        if (!await SendAsync(response, "retry: 1000\n" + first)) return;

        // One pending wait lives across keep-alives; a channel has no wait with a time limit.
        var arrival = changes.WaitAsync(cancellationToken).AsTask();
        while (true)
        {
            var text = await ArrivedAsync(arrival, cancellationToken) ? Take(changes) : ": keep-alive\n\n";
            if (arrival.IsCompleted) arrival = changes.WaitAsync(cancellationToken).AsTask();
            if (!await SendAsync(response, text)) return;
        }
    }

    private ValueTask<bool> SendAsync(HttpResponse response, string text)
    {
        Encoding.UTF8.GetBytes(text, response.BodyWriter);
        return clients.FlushAsync(response, text.Length);
    }

    // Its request may just have ended by itself.
    private static void EndQuietly(CancellationTokenSource stream)
    {
        try { stream.Cancel(); }
        catch (ObjectDisposedException) { }
    }

    private async Task<bool> ArrivedAsync(Task arrival, CancellationToken cancellationToken)
    {
        try
        {
            await arrival.WaitAsync(KeepAlive, time, cancellationToken);
            return true;
        }
        catch (TimeoutException) { return false; }
    }

    private string Take(EventSubscription changes)
    {
        var taken = new List<RegistryChange>();
        if (!changes.TryTake(taken)) return Resync();
        var text = new StringBuilder();
        foreach (var change in taken)
            Append(text, ChangeModel.EventOf(change.Kind), change.Version, JsonSerializer.Serialize(ChangeModel.Of(change), RestJson.Default.ChangeModel));
        return text.ToString();
    }

    private string Resync()
    {
        var version = state.Current.Version;
        return Append(new StringBuilder(), "resync", version, FormattableString.Invariant($$"""{"version":{{version}}}""")).ToString();
    }

    private static StringBuilder Append(StringBuilder text, string name, long version, string data) =>
        text.Append("event: ").Append(name).Append("\nid: ").Append(version).Append("\ndata: ").Append(data).Append("\n\n");
}
