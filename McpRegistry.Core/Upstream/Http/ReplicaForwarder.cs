using System.Text;

using McpRegistry.Core.Json;
using McpRegistry.Core.Upstream.Http.Egress;

namespace McpRegistry.Core.Upstream.Http;

/// <summary>Passes a client's request on to another replica, once: whether it may be sent again is for the caller to judge.</summary>
public sealed class ReplicaForwarder(EgressHandler egress)
{
    // Replicas are neighbours; one that does not answer by then is not there.
    private static readonly TimeSpan ConnectTimeout = TimeSpan.FromSeconds(2);

    private readonly EgressLease _egress = egress.Lease(new EgressRoute(ConnectTimeout, IsDirect: true));

    /// <summary>Sends it. The answer is there as soon as its headers are.</summary>
    /// <exception cref="OperationCanceledException"><paramref name="cancellationToken"/> ended it.</exception>
    public async ValueTask<ReplicaAnswer> SendAsync(ReplicaRequest request, CancellationToken cancellationToken)
    {
        using var message = Compose(request);
        try { return ReplicaAnswer.Of(await _egress.SendAsync(message, cancellationToken)); }
        catch (Exception failure) when (SendFailures.IsExpected(failure) && !cancellationToken.IsCancellationRequested)
        {
            var mayHaveLeft = message.Content is PooledContent content ? content.MayHaveLeft : !IsNoConnection(failure);
            return mayHaveLeft ? ReplicaAnswer.Lost : ReplicaAnswer.NotSent;
        }
    }

    private static HttpRequestMessage Compose(ReplicaRequest request)
    {
        var message = new HttpRequestMessage(request.Method, request.Target);
        if (!request.Body.IsEmpty)
        {
            // A copy: an answer may come while the body is still being sent, and the caller's buffer ends with its request.
            var body = new PooledBytes(request.Body.Length);
            body.Write(request.Body.Span);
            message.Content = new PooledContent(body);
        }

        foreach (var (name, value) in request.Headers)
        {
            // Nothing but ASCII can be sent, and no header that a replica reads is anything else.
            if (!Ascii.IsValid(value)) continue;
            if (!message.Headers.TryAddWithoutValidation(name, value)) message.Content?.Headers.TryAddWithoutValidation(name, value);
        }
        return message;
    }

    // Without a body nothing tells what left but the kind of failure; a connection that took too long says so by cancellation.
    private static bool IsNoConnection(Exception failure) => failure is OperationCanceledException || SendFailures.IsBeforeSending(failure);
}
