using McpRegistry.Core.Json;
using McpRegistry.Core.Upstream.Http;

namespace McpRegistry.Core.Upstream.PlainHttp;

/// <summary>Sends one request to a plain HTTP service and reads the answer.</summary>
internal sealed class PlainHttpExchange(HttpInstance instance)
{
    private readonly string _base = instance.Address.GetLeftPart(UriPartial.Path).TrimEnd('/');

    /// <summary>Sends. The body of the answer belongs to the caller.</summary>
    /// <param name="method">The verb.</param>
    /// <param name="target">Path and query below the base URL.</param>
    /// <param name="body">A JSON body, owned from here on. Null: none.</param>
    /// <param name="call">The call it is for, with its trace context. Null: control traffic.</param>
    /// <param name="cancellationToken">Ends it.</param>
    public async ValueTask<HttpAnswer> SendAsync(HttpMethod method, string target, PooledBytes? body, UpstreamRequest? call, CancellationToken cancellationToken)
    {
        var content = body is null ? null : new PooledContent(body);
        using var request = new HttpRequestMessage(method, _base + (target.StartsWith('/') ? target : "/" + target)) { Content = content };
        HttpResponseMessage? response = null;
        try
        {
            AddHeaders(request, call);
            call?.Leave();
            response = await instance.Invoker.SendAsync(request, cancellationToken);
            var read = await ResponseBody.ReadAsync(response, instance.MaxResponseBytes, ExpectedBytes, cancellationToken);
            if (read is not null) return new HttpAnswer { Status = (int)response.StatusCode, Body = read, RetryAfter = RetryAfterHeader.Read(response, instance.Time) };
            await ResponseBody.AbortAsync(response);
            return HttpAnswer.Lost(UpstreamOutcome.ResponseTooLarge, "the answer is larger than the limit", (int)response.StatusCode);
        }
        catch (Exception failure) when (SendFailures.IsExpected(failure))
        {
            // Without a body nothing tells whether the request left; what failed before a connection was made names itself.
            var mayHaveLeft = content?.MayHaveLeft ?? !SendFailures.IsBeforeSending(failure);
            if (response is not null) await ResponseBody.AbortAsync(response);
            return SendFailures.Classify(failure, mayHaveLeft, cancellationToken);
        }
        finally { response?.Dispose(); }
    }

    private void AddHeaders(HttpRequestMessage request, UpstreamRequest? call)
    {
        request.Headers.TryAddWithoutValidation("Accept", "application/json");
        request.Content?.Headers.TryAddWithoutValidation("Content-Type", "application/json");
        instance.Credentials.AddTo(request);
        if (call?.TraceParent is { } trace) request.Headers.TryAddWithoutValidation("traceparent", trace);
        if (call?.TraceState is { } state) request.Headers.TryAddWithoutValidation("tracestate", HeaderText.EncodeIfNeeded(state));
    }

    private const int ExpectedBytes = 4096;
}
