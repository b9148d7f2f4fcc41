using System.Runtime.CompilerServices;

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
    [AsyncMethodBuilder(typeof(PoolingAsyncValueTaskMethodBuilder<>))]
    public async ValueTask<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken)
    {
        request.Headers.TryAddWithoutValidation("Accept-Encoding", "identity");
        var isForGood = true;
        for (var hops = 0; ; hops++)
        {
            var response = await egress.SendAsync(request, cancellationToken);
            if (hops == MaxHops || Redirects.NextHop(request, response) is not { } next)
            {
                ContentCoding.Undo(response);
                return response;
            }

            isForGood &= (int)response.StatusCode == Redirects.Permanent;
            response.Dispose();
            // Told to ask elsewhere, the upstream has done nothing with it (RFC 9110, 15.4.8).
            (request.Content as PooledContent)?.TakeBack();
            request.RequestUri = next;
            if (isForGood) _movedTo = next;
        }
    }
}
