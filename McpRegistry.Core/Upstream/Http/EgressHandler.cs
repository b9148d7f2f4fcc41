using System.Collections.Concurrent;
using System.Net;

namespace McpRegistry.Core.Upstream.Http;

/// <summary>
/// The process's one way out over HTTP: connection pools behind <see cref="EgressGuard"/>. No cookies, no redirects (they
/// would carry credentials elsewhere), no proxy from the environment, no decompression, no retries of requests that may
/// have been sent.
/// </summary>
public sealed class EgressHandler : IDisposable
{
    private readonly ConcurrentDictionary<TimeSpan, Lazy<HttpMessageInvoker>> _invokers = new();
    private readonly EgressGuard _guard;

    internal EgressHandler(EgressGuard guard) => _guard = guard;

    /// <summary>Sends requests; shared by all that allow a connection the same time, safe from many threads.</summary>
    /// <param name="connectTimeout">How long making a connection may take: a property of a pool, hence a pool for each.</param>
    public HttpMessageInvoker InvokerFor(TimeSpan connectTimeout) =>
        _invokers.GetOrAdd(connectTimeout, wanted => new Lazy<HttpMessageInvoker>(() => Create(wanted))).Value;

    /// <inheritdoc/>
    public void Dispose()
    {
        foreach (var invoker in _invokers.Values)
            if (invoker.IsValueCreated) invoker.Value.Dispose();
    }

    private HttpMessageInvoker Create(TimeSpan connectTimeout) => new(new SocketsHttpHandler
    {
        ConnectCallback = _guard.ConnectAsync,
        ConnectTimeout = connectTimeout,
        PooledConnectionIdleTimeout = TimeSpan.FromMinutes(2),
        // Finite, so that a changed DNS answer is noticed.
        PooledConnectionLifetime = TimeSpan.FromMinutes(10),
        EnableMultipleHttp2Connections = true,
        AllowAutoRedirect = false,
        UseCookies = false,
        UseProxy = false,
        AutomaticDecompression = DecompressionMethods.None,
        // Trace context is carried by the request itself; without a propagator no diagnostics handler stands on the call path.
        ActivityHeadersPropagator = null,
    });
}
