using System.Text.Json;
using System.Threading.Channels;

using Microsoft.AspNetCore.Http;

namespace McpRegistry.Tests.Upstream.Http;

/// <summary>An HTTP+SSE server of 2024: GET /sse opens the stream, POST /messages takes what clients say. The test says how.</summary>
internal sealed class LegacySseServer : IAsyncDisposable
{
    private readonly Channel<(string Name, JsonElement Message)> _received = Channel.CreateUnbounded<(string, JsonElement)>();
    private readonly SemaphoreSlim _writing = new(1, 1);
    private RawServer _server = null!;
    private HttpContext? _stream;

    /// <summary>Answers a call; by default it is taken and nothing more is said.</summary>
    public Func<HttpContext, JsonElement, Task>? OnCall { get; set; }

    /// <summary>Answers a notification; by default it is taken.</summary>
    public Func<HttpContext, Task>? OnNotification { get; set; }

    /// <summary>Answers a POST to the address of the stream itself.</summary>
    public RequestDelegate OnPostToStream { get; set; } = context =>
    {
        context.Response.StatusCode = StatusCodes.Status405MethodNotAllowed;
        return Task.CompletedTask;
    };

    /// <summary>What comes on the stream before its endpoint.</summary>
    public string BeforeEndpoint { get; set; } = "";

    public Uri Sse => new(_server.Base, "/sse");

    public async Task StartAsync() => _server = await RawServer.StartAsync(HandleAsync);

    public async ValueTask DisposeAsync()
    {
        await _server.DisposeAsync();
        _writing.Dispose();
    }

    /// <summary>Waits for a message: the name of a call's tool, or the method of anything else. Others that come first are passed over.</summary>
    public async Task<JsonElement> NextAsync(string name)
    {
        using var patience = new CancellationTokenSource(TimeSpan.FromSeconds(30), TimeProvider.System);
        while (true)
        {
            var (found, message) = await _received.Reader.ReadAsync(patience.Token);
            if (found == name) return message;
        }
    }

    public Task AnswerAsync(JsonElement request, string result) => SendAsync($"{{\"jsonrpc\":\"2.0\",\"id\":{request.GetProperty("id")},\"result\":{result}}}");

    /// <summary>Sends a message on the stream.</summary>
    public async Task SendAsync(string message)
    {
        await _writing.WaitAsync();
        try { await ScriptedServer.WriteAsync(_stream!, $"event: message\ndata: {message}\n\n"); }
        finally { _writing.Release(); }
    }

    private async Task HandleAsync(HttpContext context)
    {
        if (HttpMethods.IsGet(context.Request.Method))
        {
            await ScriptedServer.EventStreamAsync(context);
            _stream = context;
            await ScriptedServer.WriteAsync(context, BeforeEndpoint + "event: endpoint\ndata: /messages?session=1\n\n");
            var gone = new TaskCompletionSource();
            context.RequestAborted.Register(() => gone.TrySetResult());
            await gone.Task;
            return;
        }

        if (context.Request.Path != "/messages")
        {
            await OnPostToStream(context);
            return;
        }

        using var reader = new StreamReader(context.Request.Body);
        await TakeAsync(context, JsonElement.Parse(await reader.ReadToEndAsync()));
    }

    private async Task TakeAsync(HttpContext context, JsonElement message)
    {
        var method = message.GetProperty("method").GetString()!;
        context.Response.StatusCode = StatusCodes.Status202Accepted;
        _received.Writer.TryWrite((method == "tools/call" ? message.GetProperty("params").GetProperty("name").GetString()! : method, message));
        if (method == "initialize")
            await AnswerAsync(message, "{\"protocolVersion\":\"2024-11-05\",\"capabilities\":{\"tools\":{}},\"serverInfo\":{\"name\":\"old\",\"version\":\"1\"}}");
        else if (method == "tools/call") await (OnCall?.Invoke(context, message) ?? Task.CompletedTask);
        else await (OnNotification?.Invoke(context) ?? Task.CompletedTask);
    }
}
