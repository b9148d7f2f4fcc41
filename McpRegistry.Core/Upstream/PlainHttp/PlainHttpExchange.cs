using McpRegistry.Core.Diagnostics;
using McpRegistry.Core.Upstream.Http;

namespace McpRegistry.Core.Upstream.PlainHttp;

/// <summary>Sends one request to a plain HTTP service and reads the answer.</summary>
internal sealed class PlainHttpExchange(HttpInstance instance)
{
    private readonly HttpSender _sender = new(instance.Egress);

    /// <summary>Where the requests go.</summary>
    public PlainAddress Address { get; } = new(instance.Address);

    /// <summary>Asks for something that may be asked for again: health, the document. The body of the answer belongs to the caller.</summary>
    /// <param name="path">Path and query below the base URL.</param>
    /// <param name="accept">The media types that are taken.</param>
    /// <param name="cancellationToken">Ends it.</param>
    public async ValueTask<HttpAnswer> GetAsync(string path, string accept, CancellationToken cancellationToken) =>
        (await SendAsync(new PlainRequest(HttpMethod.Get, path) { Accept = accept }, null, cancellationToken)).Http;

    /// <summary>Sends. The body of the answer belongs to the caller.</summary>
    /// <param name="plain">The request; its body is owned from here on.</param>
    /// <param name="call">The call it is for, with its trace context. Null: control traffic.</param>
    /// <param name="cancellationToken">Ends it.</param>
    public async ValueTask<PlainAnswer> SendAsync(PlainRequest plain, UpstreamRequest? call, CancellationToken cancellationToken)
    {
        var content = plain.Body is null ? null : new PooledContent(plain.Body);
        using var request = new HttpRequestMessage(plain.Method, Address.UrlOf(plain.BasePath, plain.Path, plain.Query)) { Content = content };
        HttpResponseMessage? response = null;
        try
        {
            AddHeaders(request, plain, call);
            call?.Leave();
            var first = await _sender.StartAsync(request, cancellationToken);
            response = await _sender.SettleAsync(request, first, cancellationToken);
            var read = await ResponseBody.ReadAsync(response, instance.MaxResponseBytes, ExpectedBytes, instance.Budget, cancellationToken);
            if (read is not null)
            {
                var answer = new HttpAnswer { Status = (int)response.StatusCode, Body = read, RetryAfter = RetryAfterHeader.Read(response, instance.Time), Redirect = Redirects.Describe(response, instance.IsPathSecret) };
                return new PlainAnswer(answer)
                {
                    ContentType = response.Content.Headers.NonValidated.TryGetValues("Content-Type", out var type) ? type.ToString() : null,
                    Location = response.Headers.NonValidated.TryGetValues("Location", out var location) ? location.ToString() : null,
                };
            }

            await ResponseBody.AbortAsync(response);
            return new PlainAnswer(HttpAnswer.Lost(UpstreamOutcome.ResponseTooLarge, "the answer is larger than the limit", (int)response.StatusCode));
        }
        catch (Exception failure) when (SendFailures.IsExpected(failure))
        {
            // Without a body nothing tells whether the request left; what failed before a connection was made names itself.
            var mayHaveLeft = content?.MayHaveLeft ?? !SendFailures.IsBeforeSending(failure);
            if (response is not null) await ResponseBody.AbortAsync(response);
            return new PlainAnswer(SendFailures.Classify(failure, mayHaveLeft, cancellationToken));
        }
        finally { response?.Dispose(); }
    }

    private void AddHeaders(HttpRequestMessage request, in PlainRequest plain, UpstreamRequest? call)
    {
        request.Headers.TryAddWithoutValidation("Accept", plain.Accept ?? PlainTool.AnyAnswer);
        if (plain.ContentType is { } type) request.Content?.Headers.TryAddWithoutValidation("Content-Type", type);
        if (plain.Headers is { } headers)
            foreach (var (name, value) in headers) request.Headers.TryAddWithoutValidation(name, value);
        instance.Credentials.AddTo(request);
        if ((call is null ? ControlTrace.Parent : call.TraceParent) is { } trace) request.Headers.TryAddWithoutValidation("traceparent", trace);
        if (call?.TraceState is { } state) request.Headers.TryAddWithoutValidation("tracestate", HeaderText.EncodeIfNeeded(state));
    }

    private const int ExpectedBytes = 4096;
}
