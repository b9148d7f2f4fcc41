using System.Net;

namespace McpRegistry.Core.Upstream.Http.Egress;

/// <summary>The connections of a pool that go through the proxy, and what may go there.</summary>
internal sealed class ProxiedWay(HttpMessageInvoker invoker, UpstreamProxy proxy, EgressGuard guard, bool isListedOnly)
{
    public HttpMessageInvoker Invoker => invoker;

    /// <summary>
    /// True when a request to this address goes through the proxy. The guard sees only the proxy's address when it connects,
    /// and connections to a proxy are shared, so the target is judged here, for each request.
    /// </summary>
    /// <exception cref="HttpRequestException">The target is not allowed.</exception>
    public async ValueTask<bool> LeadsToAsync(Uri target, CancellationToken cancellationToken)
    {
        if (!proxy.IsFor(target)) return false;
        var addresses = await guard.FindAsync(target.IdnHost, cancellationToken);
        try { await guard.JudgeAsync(target.IdnHost, target.Port, addresses, isListedOnly, cancellationToken); }
        catch (EgressDeniedException denied) { throw new HttpRequestException(HttpRequestError.ConnectionError, null, denied); }

        // A name that only the proxy can resolve is the proxy's to judge; one that is this machine's is nobody else's.
        return addresses.Length == 0 || !Array.TrueForAll(addresses, IPAddress.IsLoopback);
    }
}
