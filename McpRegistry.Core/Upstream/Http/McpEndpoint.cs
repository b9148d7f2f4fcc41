using System.Net;

using McpRegistry.Core.Json;
using McpRegistry.Core.Upstream.Http.Egress;

namespace McpRegistry.Core.Upstream.Http;

/// <summary>One instance's MCP endpoint: builds the requests to it and sends them.</summary>
/// <param name="address">Its URL.</param>
/// <param name="egress">The way there.</param>
/// <param name="credentials">What is sent along.</param>
/// <param name="isPathSecret"><see cref="Registration.ServiceConfig.SecretPath"/>.</param>
/// <param name="stamp">Marks what is passed on to another replica. Null: it is an upstream.</param>
internal sealed class McpEndpoint(Uri address, EgressLease egress, InstanceCredentials credentials, bool? isPathSecret, IRequestStamp? stamp = null)
{
    // Over TLS the two sides agree on HTTP/2 by themselves; over plain TCP they cannot.
    private readonly Version _version = address.Scheme == Uri.UriSchemeHttps ? HttpVersion.Version20 : HttpVersion.Version11;

    private readonly HttpSender _sender = new(egress);

    public Uri Address => address;

    public bool? IsPathSecret => isPathSecret;

    /// <summary>A POST of one JSON-RPC message.</summary>
    /// <param name="link">The handshake it belongs to. Null: it is the handshake.</param>
    /// <param name="body">The message; disposed with the request.</param>
    /// <exception cref="Registration.SecretNotFoundException">A credential cannot be resolved.</exception>
    public HttpRequestMessage Post(HttpLink? link, PooledBytes body)
    {
        var content = new PooledContent(body);
        content.Headers.TryAddWithoutValidation("Content-Type", "application/json");
        var request = Create(HttpMethod.Post, link, "application/json, text/event-stream");
        request.Content = content;
        stamp?.Put(request, body.Span);
        return request;
    }

    /// <summary>A request without a body: the standalone stream (GET), the end of a session (DELETE).</summary>
    public HttpRequestMessage Create(HttpMethod method, HttpLink? link, string accept)
    {
        // A handshake asks at the address as it was given: whoever moved it may have moved it back.
        var target = link is null ? address : _sender.MovedTo ?? address;
        var request = new HttpRequestMessage(method, target) { Version = _version, VersionPolicy = HttpVersionPolicy.RequestVersionOrLower };
        var headers = request.Headers;
        headers.TryAddWithoutValidation("Accept", accept);
        if (link is not null)
        {
            if (link.VersionHeader is { } version) headers.TryAddWithoutValidation("MCP-Protocol-Version", version);
            if (link.SessionId is { } session) headers.TryAddWithoutValidation("Mcp-Session-Id", session);
        }

        credentials.AddTo(request);
        if (method != HttpMethod.Post) stamp?.Put(request, []);
        return request;
    }

    /// <inheritdoc cref="HttpSender.SendAsync"/>
    public ValueTask<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken) => _sender.SendAsync(request, cancellationToken);

    /// <inheritdoc cref="HttpSender.StartAsync"/>
    public Task<HttpResponseMessage> StartAsync(HttpRequestMessage request, CancellationToken cancellationToken) => _sender.StartAsync(request, cancellationToken);

    /// <inheritdoc cref="HttpSender.SettleAsync"/>
    public ValueTask<HttpResponseMessage> SettleAsync(HttpRequestMessage request, HttpResponseMessage response, CancellationToken cancellationToken) =>
        _sender.SettleAsync(request, response, cancellationToken);

    /// <summary>The credentials were not taken; the next request resolves them anew.</summary>
    public void ForgetCredentials() => credentials.Forget();
}
