using System.Net.Http.Headers;
using System.Net.Http.Json;
using System.Text.Json;

namespace McpRegistry.Tests.Acceptance.Harness;

/// <summary>A legacy MCP client bare of any cleverness: one session, and each request sent where the test wants it.</summary>
internal sealed class LegacyCaller : IDisposable
{
    private const string Revision = "2025-11-25";
    private readonly HttpClient _http = new(new SocketsHttpHandler()) { Timeout = TimeSpan.FromSeconds(60) };
    private string _session = "";
    private int _id;

    /// <summary>Opens the session at a gateway.</summary>
    public static async Task<LegacyCaller> OpenAsync(Uri mcp)
    {
        var caller = new LegacyCaller();
        using var answer = await caller.PostAsync(mcp, new
        {
            jsonrpc = "2.0",
            id = 0,
            method = "initialize",
            @params = new { protocolVersion = Revision, capabilities = new { }, clientInfo = new { name = "caller", version = "1" } },
        });
        answer.EnsureSuccessStatusCode();
        caller._session = answer.Headers.GetValues("Mcp-Session-Id").Single();
        using var initialized = await caller.PostAsync(mcp, new { jsonrpc = "2.0", method = "notifications/initialized" });
        initialized.EnsureSuccessStatusCode();
        return caller;
    }

    /// <summary>Calls a tool by its exposed name, in the session, at any gateway.</summary>
    public async Task<CallAnswer> CallAsync(Uri mcp, string tool, object arguments)
    {
        var id = Interlocked.Increment(ref _id);
        using var answer = await PostAsync(mcp, new { jsonrpc = "2.0", id, method = "tools/call", @params = new { name = tool, arguments } });
        var body = await answer.Content.ReadAsStringAsync();
        if (answer.Content.Headers.ContentType?.MediaType == "text/event-stream")
            body = body.Split('\n').Last(line => line.StartsWith("data: {", StringComparison.Ordinal))["data: ".Length..];
        var message = JsonElement.Parse(body);
        return message.TryGetProperty("result", out var result)
            ? new CallAnswer(200, result)
            : new CallAnswer((int)answer.StatusCode is var status and not 200 ? status : 500, message.GetProperty("error").TryGetProperty("data", out var data) ? data : JsonElement.Parse("{}"));
    }

    public void Dispose() => _http.Dispose();

    private Task<HttpResponseMessage> PostAsync(Uri mcp, object message)
    {
        var request = new HttpRequestMessage(HttpMethod.Post, mcp) { Content = JsonContent.Create(message) };
        request.Headers.Accept.Add(new MediaTypeWithQualityHeaderValue("application/json"));
        request.Headers.Accept.Add(new MediaTypeWithQualityHeaderValue("text/event-stream"));
        if (_session.Length > 0)
        {
            request.Headers.Add("Mcp-Session-Id", _session);
            request.Headers.Add("MCP-Protocol-Version", Revision);
        }
        return _http.SendAsync(request);
    }
}
