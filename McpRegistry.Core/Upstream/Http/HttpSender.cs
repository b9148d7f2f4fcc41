using McpRegistry.Core.Upstream.Http.Coding;
using McpRegistry.Core.Upstream.Http.Egress;

namespace McpRegistry.Core.Upstream.Http;

/// <summary>
/// Sends a request to an upstream with the habits that all of them share: no coding of the body is asked for and one that
/// comes all the same is undone; a redirect by which nothing was executed is followed within the origin.
/// </summary>
internal sealed class HttpSender(EgressLease egress)
{
    /// <summary>The most redirects followed for one request.</summary>
    public const int MaxHops = 3;

    private volatile Uri? _movedTo;

    /// <summary>Where the last request was sent for good (308). Null: nowhere else.</summary>
    public Uri? MovedTo => _movedTo;

    /// <summary>Sends; the answer is there as soon as its headers are. Its body is readable as it is.</summary>
    /// <exception cref="HttpRequestException">There is no connection, or it broke.</exception>
    public async ValueTask<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken) =>
        await SettleAsync(request, await StartAsync(request, cancellationToken), cancellationToken);

    /// <summary>
    /// The first half of <see cref="SendAsync"/>, for the path of a call: with the halves apart, an ordinary answer costs it no
    /// further state machine.
    /// </summary>
    public Task<HttpResponseMessage> StartAsync(HttpRequestMessage request, CancellationToken cancellationToken) => egress.SendAsync(request, cancellationToken);

    /// <summary>The second half. Owns the response it is given: what comes back may be another.</summary>
    public ValueTask<HttpResponseMessage> SettleAsync(HttpRequestMessage request, HttpResponseMessage response, CancellationToken cancellationToken)
    {
        if (Redirects.NextHop(request, response) is { } next) return FollowAsync(request, response, next, cancellationToken);
        ContentCoding.Undo(response);
        return ValueTask.FromResult(response);
    }

    private async ValueTask<HttpResponseMessage> FollowAsync(HttpRequestMessage request, HttpResponseMessage response, Uri? next, CancellationToken cancellationToken)
    {
        var isForGood = true;
        for (var hops = 0; hops < MaxHops && next is not null; hops++)
        {
            isForGood &= (int)response.StatusCode == Redirects.Permanent;
            response.Dispose();
            // Told to ask elsewhere, the upstream has done nothing with it (RFC 9110, 15.4.8).
            (request.Content as PooledContent)?.TakeBack();
            request.RequestUri = next;
            if (isForGood) _movedTo = next;
            response = await egress.SendAsync(request, cancellationToken);
            next = Redirects.NextHop(request, response);
        }

        ContentCoding.Undo(response);
        return response;
    }
}
