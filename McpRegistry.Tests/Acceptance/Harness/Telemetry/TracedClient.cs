using System.Net.Http.Headers;
using System.Security.Cryptography;
using System.Text;

namespace McpRegistry.Tests.Acceptance.Harness.Telemetry;

/// <summary>A client whose every call is the root of a trace of its own. It exports nothing itself.</summary>
internal sealed class TracedClient(Uri gateway) : IDisposable
{
    private const string Legacy = "2025-11-25";
    private const string Modern = "2026-07-28";

    // Without a propagator the only trace context is the one written here.
    private readonly HttpClient _http = new(new SocketsHttpHandler { ActivityHeadersPropagator = null }) { BaseAddress = gateway };
    private string? _session;

    /// <summary>A tool call over REST.</summary>
    public Task<ClientTrace> RestAsync(string service, string arguments, string flags = "01")
    {
        var trace = ClientTrace.New(flags);
        return SendAsync(trace, $"/api/services/{service}/tools/echo", arguments, ("traceparent", trace.Parent));
    }

    /// <summary>A tool call of an MCP client of the modern era that says its trace in the message alone, as one without HTTP instrumentation does.</summary>
    public Task<ClientTrace> ModernAsync(string service, string arguments)
    {
        var trace = ClientTrace.New();
        return SendAsync(
            trace, $"/mcp/{service}", Message("tools/call", $$$$"""{"name":"echo","arguments":{{{{arguments}}}},"_meta":{"traceparent":"{{{{trace.Parent}}}}","io.modelcontextprotocol/protocolVersion":"{{{{Modern}}}}","io.modelcontextprotocol/clientCapabilities":{}}}"""),
            ("MCP-Protocol-Version", Modern), ("Mcp-Method", "tools/call"), ("Mcp-Name", "echo"));
    }

    /// <summary>A request of an MCP client of the legacy era, which says its trace in headers and message.</summary>
    public async Task<ClientTrace> LegacyAsync(string method, string parameters)
    {
        var trace = ClientTrace.New();
        _session ??= await OpenAsync();
        return await SendAsync(
            trace, "/mcp", Message(method, $$$"""{{{{parameters[1..^1]}}},"_meta":{"traceparent":"{{{trace.Parent}}}"}}"""),
            ("MCP-Protocol-Version", Legacy), ("Mcp-Session-Id", _session), ("traceparent", trace.Parent));
    }

    public void Dispose() => _http.Dispose();

    private async Task<string> OpenAsync()
    {
        // Unrecorded, so that what is exported are the calls.
        var trace = ClientTrace.New("00");
        using var answer = await PostAsync("/mcp", Message("initialize", $$$"""{"protocolVersion":"{{{Legacy}}}","capabilities":{},"clientInfo":{"name":"traced","version":"1"}}"""), ("traceparent", trace.Parent));
        answer.EnsureSuccessStatusCode();
        return answer.Headers.GetValues("Mcp-Session-Id").Single();
    }

    private async Task<ClientTrace> SendAsync(ClientTrace trace, string path, string body, params (string Name, string Value)[] headers)
    {
        using var answer = await PostAsync(path, body, headers);
        Assert.True(answer.IsSuccessStatusCode, await answer.Content.ReadAsStringAsync());
        return trace;
    }

    private async Task<HttpResponseMessage> PostAsync(string path, string body, params (string Name, string Value)[] headers)
    {
        using var request = new HttpRequestMessage(HttpMethod.Post, path) { Content = new StringContent(body, Encoding.UTF8, "application/json") };
        request.Headers.Accept.Add(new MediaTypeWithQualityHeaderValue("application/json"));
        request.Headers.Accept.Add(new MediaTypeWithQualityHeaderValue("text/event-stream"));
        foreach (var (name, value) in headers) request.Headers.Add(name, value);
        return await _http.SendAsync(request);
    }

    private static string Message(string method, string parameters) => $$$"""{"jsonrpc":"2.0","id":1,"method":"{{{method}}}","params":{{{parameters}}}}""";
}

/// <summary>What a client says of its trace.</summary>
/// <param name="TraceId">The trace.</param>
/// <param name="SpanId">The client's span, of which everything else is to hang.</param>
/// <param name="Flags">Whether it is recorded.</param>
internal sealed record ClientTrace(string TraceId, string SpanId, string Flags)
{
    /// <summary>The header of W3C.</summary>
    public string Parent => $"00-{TraceId}-{SpanId}-{Flags}";

    public static ClientTrace New(string flags = "01") => new(RandomNumberGenerator.GetHexString(32, lowercase: true), RandomNumberGenerator.GetHexString(16, lowercase: true), flags);
}
