using System.Net;

namespace McpRegistry.Core.Upstream.Http;

/// <summary>
/// The process's one way out over HTTP: a shared connection pool behind <see cref="EgressGuard"/>. No cookies, no
/// redirects (they would carry credentials elsewhere), no proxy from the environment, no decompression, no retries of
/// requests that may have been sent.
/// </summary>
public sealed class EgressHandler : IDisposable
{
    internal EgressHandler(EgressGuard guard) => Invoker = new HttpMessageInvoker(new SocketsHttpHandler
    {
        ConnectCallback = guard.ConnectAsync,
        ConnectTimeout = TimeSpan.FromSeconds(2),
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

    /// <summary>Sends requests; shared by everything in the process, safe from many threads.</summary>
    public HttpMessageInvoker Invoker { get; }

    /// <inheritdoc/>
    public void Dispose() => Invoker.Dispose();
}
