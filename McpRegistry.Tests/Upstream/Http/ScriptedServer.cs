using System.Collections.Concurrent;
using System.Text;
using System.Text.Json;

using McpRegistry.Core.Upstream;

using Microsoft.AspNetCore.Http;

namespace McpRegistry.Tests.Upstream.Http;

/// <summary>What the scripted server received.</summary>
internal sealed record Received(string HttpMethod, string? Method, IReadOnlyDictionary<string, string> Headers, string Body)
{
    public string? Header(string name) => Headers.GetValueOrDefault(name);

    public JsonElement Json => JsonElement.Parse(Body);

    public string Id => Json.GetProperty("id").GetRawText();
}

/// <summary>An MCP server that shakes hands as its era does and leaves everything else to the test.</summary>
internal sealed class ScriptedServer : IAsyncDisposable
{
    private readonly ConcurrentQueue<Received> _received = new();
    private readonly Func<HttpContext, Received, Task> _answer;
    private readonly ProtocolEra _era;
    private int _sessions;
    private RawServer _server = null!;

    private ScriptedServer(ProtocolEra era, Func<HttpContext, Received, Task> answer)
    {
        _era = era;
        _answer = answer;
    }

    /// <summary>Whether a legacy server opens sessions.</summary>
    public bool GivesSessions { get; init; } = true;

    /// <summary>The revision a legacy server chooses.</summary>
    public string Revision { get; init; } = "2025-11-25";

    public string Capabilities { get; init; } = "{\"tools\":{}}";

    /// <summary>Sees each request before anything of it is read or remembered; true when it answered it.</summary>
    public Func<HttpContext, bool>? Before { get; set; }

    public Uri Mcp => _server.Mcp;

    public IReadOnlyCollection<Received> All => _received;

    public int Count(string method) => _received.Count(request => request.Method == method);

    public Received Only(string method) => _received.Single(request => request.Method == method);

    public static Task<ScriptedServer> StartAsync(ProtocolEra era, Func<HttpContext, Received, Task> answer) => StartAsync(new ScriptedServer(era, answer));

    public static Task<ScriptedServer> StartAsync(ProtocolEra era, string capabilities, Func<HttpContext, Received, Task> answer) =>
        StartAsync(new ScriptedServer(era, answer) { Capabilities = capabilities });

    public static Task<ScriptedServer> StartSessionlessAsync(string revision, Func<HttpContext, Received, Task> answer) =>
        StartAsync(new ScriptedServer(ProtocolEra.Legacy, answer) { GivesSessions = false, Revision = revision });

    /// <summary>Waits until such a request was received.</summary>
    public async Task<Received> WaitForAsync(Predicate<Received> wanted)
    {
        using var patience = new CancellationTokenSource(TimeSpan.FromSeconds(15), TimeProvider.System);
        while (true)
        {
            if (_received.FirstOrDefault(request => wanted(request)) is { } found) return found;
            await Task.Delay(TimeSpan.FromMilliseconds(10), TimeProvider.System, patience.Token);
        }
    }

    public async ValueTask DisposeAsync() => await _server.DisposeAsync();

    /// <summary>A JSON-RPC result as JSON.</summary>
    public static Task ResultAsync(HttpContext context, Received request, string result) =>
        JsonAsync(context, 200, $"{{\"jsonrpc\":\"2.0\",\"id\":{request.Id},\"result\":{result}}}");

    public static async Task JsonAsync(HttpContext context, int status, string json)
    {
        context.Response.StatusCode = status;
        context.Response.ContentType = "application/json";
        await context.Response.Body.WriteAsync(Encoding.UTF8.GetBytes(json));
    }

    /// <summary>Begins an event stream.</summary>
    public static async Task EventStreamAsync(HttpContext context)
    {
        context.Response.ContentType = "text/event-stream";
        await context.Response.Body.FlushAsync();
    }

    public static async Task WriteAsync(HttpContext context, string text)
    {
        await context.Response.Body.WriteAsync(Encoding.UTF8.GetBytes(text));
        await context.Response.Body.FlushAsync();
    }

    private static async Task<ScriptedServer> StartAsync(ScriptedServer server)
    {
        server._server = await RawServer.StartAsync(server.HandleAsync);
        return server;
    }

    private async Task HandleAsync(HttpContext context)
    {
        if (Before?.Invoke(context) == true) return;
        using var body = new StreamReader(context.Request.Body, Encoding.UTF8);
        var text = await body.ReadToEndAsync();
        var method = text.Length > 0 && JsonElement.Parse(text).TryGetProperty("method", out var name) ? name.GetString() : null;
        var headers = context.Request.Headers.ToDictionary(header => header.Key, header => header.Value.ToString(), StringComparer.OrdinalIgnoreCase);
        var request = new Received(context.Request.Method, method, headers, text);
        _received.Enqueue(request);
        await AnswerAsync(context, request);
    }

    private Task AnswerAsync(HttpContext context, Received request)
    {
        switch (request.Method)
        {
            case "server/discover" when _era == ProtocolEra.Modern:
                return ResultAsync(context, request, $$"""{"supportedVersions":["2026-07-28"],"capabilities":{{Capabilities}},"resultType":"complete","instructions":"Be kind.","_meta":{"io.modelcontextprotocol/serverInfo":{"name":"scripted","version":"7" } } }""");
            case "server/discover":
                return JsonAsync(context, 400, "{\"jsonrpc\":\"2.0\",\"id\":null,\"error\":{\"code\":-32000,\"message\":\"Bad Request: Server not initialized\"}}");
            case "initialize":
                if (GivesSessions) context.Response.Headers["Mcp-Session-Id"] = $"session-{Interlocked.Increment(ref _sessions)}";
                return ResultAsync(context, request, $$"""{"protocolVersion":"{{Revision}}","capabilities":{{Capabilities}},"serverInfo":{"name":"scripted","version":"7"},"instructions":"Be kind." }""");
            case "notifications/initialized" or "notifications/cancelled":
                context.Response.StatusCode = 202;
                return Task.CompletedTask;
            default:
                return _answer(context, request);
        }
    }
}
