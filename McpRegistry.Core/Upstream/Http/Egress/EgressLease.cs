namespace McpRegistry.Core.Upstream.Http.Egress;

/// <summary>One sender's share in a pool of connections. Dispose it when nothing more is sent: the last one closes the pool.</summary>
internal sealed class EgressLease(HttpMessageInvoker direct, ProxiedWay? proxied, Action giveBack) : IDisposable
{
    private int _isDisposed;

    /// <summary>Sends; the answer is there as soon as its headers are.</summary>
    /// <exception cref="HttpRequestException">There is no connection, or it broke.</exception>
    public Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken)
    {
        try
        {
            return proxied is null ? direct.SendAsync(request, cancellationToken) : SendByEitherAsync(proxied, request, cancellationToken);
        }
        catch (ObjectDisposedException closed)
        {
            throw new HttpRequestException(HttpRequestError.ConnectionError, "The way out was closed.", closed);
        }
    }

    public void Dispose()
    {
        if (Interlocked.Exchange(ref _isDisposed, 1) == 0) giveBack();
    }

    private async Task<HttpResponseMessage> SendByEitherAsync(ProxiedWay way, HttpRequestMessage request, CancellationToken cancellationToken)
    {
        var isProxied = await way.LeadsToAsync(request.RequestUri!, cancellationToken);
        return await (isProxied ? way.Invoker : direct).SendAsync(request, cancellationToken);
    }
}
