using System.Net;
using System.Net.Security;

namespace McpRegistry.Core.Upstream.Http.Egress;

/// <summary>
/// The process's one way out over HTTP: connection pools behind <see cref="EgressGuard"/>. No cookies, no redirects (they
/// would carry credentials elsewhere), no proxy but the configured one, no decompression, no retries of requests that may
/// have been sent. A pool is there as long as somebody has a lease of it.
/// </summary>
public sealed class EgressHandler : IDisposable
{
    /// <summary>
    /// How long a connection may be idle. uvicorn and node close theirs after 5 s, and a request that is sent at that moment
    /// is lost: whether it was executed nobody knows. Pools look once a second, so the oldest that is used again is 4 s.
    /// </summary>
    internal static readonly TimeSpan LongestIdle = TimeSpan.FromSeconds(3);

    private readonly Dictionary<EgressRoute, Pool> _pools = [];
    private readonly Lock _gate = new();
    private readonly EgressGuard _guard;
    private readonly UpstreamProxy? _proxy;

    internal EgressHandler(EgressGuard guard, UpstreamProxy? proxy = null)
    {
        _guard = guard;
        _proxy = proxy;
    }

    /// <summary>How many pools there are.</summary>
    internal int PoolCount
    {
        get
        {
            lock (_gate) return _pools.Count;
        }
    }

    /// <summary>A way out for one who sends; shared by all that ask for the same, safe from many threads.</summary>
    internal EgressLease Lease(EgressRoute route)
    {
        if (_proxy is null) route = route with { IsDirect = true };
        lock (_gate)
        {
            if (!_pools.TryGetValue(route, out var pool)) _pools[route] = pool = Open(route);
            pool.Leases++;
            return new EgressLease(pool.Direct, pool.Proxied, () => GiveBack(route, pool));
        }
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        lock (_gate)
        {
            foreach (var pool in _pools.Values) pool.Dispose();
            _pools.Clear();
        }
    }

    private void GiveBack(EgressRoute route, Pool pool)
    {
        lock (_gate)
        {
            if (--pool.Leases > 0 || !_pools.TryGetValue(route, out var current) || current != pool) return;
            _pools.Remove(route);
            pool.Dispose();
        }
    }

    private Pool Open(EgressRoute route) => new(
        new HttpMessageInvoker(Create(route)),
        route.IsDirect || _proxy is null ? null : new ProxiedWay(new HttpMessageInvoker(Create(route, _proxy)), _proxy, _guard, route.IsListedOnly));

    private SocketsHttpHandler Create(EgressRoute route, UpstreamProxy? proxy = null)
    {
        var handler = new SocketsHttpHandler
        {
            // The proxy is the operator's own word; what lies behind it is judged for each request.
            ConnectCallback = (context, token) => _guard.ConnectAsync(context.DnsEndPoint, route.IsListedOnly && proxy is null, token),
            ConnectTimeout = route.ConnectTimeout,
            PooledConnectionIdleTimeout = LongestIdle,
            // Finite, so that a changed DNS answer is noticed.
            PooledConnectionLifetime = TimeSpan.FromMinutes(10),
            EnableMultipleHttp2Connections = true,
            AllowAutoRedirect = false,
            UseCookies = false,
            UseProxy = proxy is not null,
            Proxy = proxy?.Server,
            AutomaticDecompression = DecompressionMethods.None,
            // Trace context is carried by the request itself; without a propagator no diagnostics handler stands on the call path.
            ActivityHeadersPropagator = null,
        };
        if (route.AuthorityFile is null) return handler;
        var authority = new ServerAuthority(route.AuthorityFile);
        handler.SslOptions = new SslClientAuthenticationOptions
        {
            RemoteCertificateValidationCallback = (_, certificate, received, errors) => authority.Accepts(certificate, received, errors),
        };
        return handler;
    }

    private sealed class Pool(HttpMessageInvoker direct, ProxiedWay? proxied) : IDisposable
    {
        public HttpMessageInvoker Direct => direct;

        public ProxiedWay? Proxied => proxied;

        public int Leases { get; set; }

        // What is in flight ends by itself; only idle connections are closed.
        public void Dispose()
        {
            direct.Dispose();
            proxied?.Invoker.Dispose();
        }
    }
}
