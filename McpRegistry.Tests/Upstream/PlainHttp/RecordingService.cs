using System.Collections.Concurrent;
using System.Text;
using System.Text.Json;

using McpRegistry.Core.Registration;
using McpRegistry.Core.Upstream;
using McpRegistry.Tests.Upstream.Http;

using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;

namespace McpRegistry.Tests.Upstream.PlainHttp;

/// <summary>One request as it arrived: the target byte for byte.</summary>
internal sealed record Arrived(string Method, string Target, IReadOnlyDictionary<string, string> Headers, byte[] Body)
{
    public string Line => $"{Method} {Target}";

    public string Text => Encoding.UTF8.GetString(Body);

    public string? Header(string name) => Headers.GetValueOrDefault(name);
}

/// <summary>A plain HTTP service on 127.0.0.1 with an OpenAPI document, and a client connected to it. Remembers the calls that arrived.</summary>
internal sealed class RecordingService : IAsyncDisposable
{
    private readonly ConcurrentQueue<Arrived> _calls = new();
    private RawServer _server = null!;

    private RecordingService(byte[] document) => Document = document;

    /// <summary>What is served as the document.</summary>
    public byte[] Document { get; set; }

    /// <summary>Answers a call. Null: <c>{}</c>.</summary>
    public RequestDelegate? OnCall { get; set; }

    public UpstreamUnderTest Upstream { get; private set; } = null!;

    /// <summary>Its own address, without a path.</summary>
    public string Origin => _server.Base.GetLeftPart(UriPartial.Authority);

    public IReadOnlyCollection<Arrived> Calls => _calls;

    public Arrived Last => _calls.Last();

    public IReadOnlyList<LeftOutItem> LeftOut => ((IReportsLeftOut)Upstream.Client).LeftOut;

    /// <summary>A service whose document has these paths.</summary>
    public static Task<RecordingService> WithPathsAsync(string paths, string more = "", string path = "", ServiceConfig? config = null) =>
        WithAsync($$"""{"openapi":"3.0.3","info":{"title":"t","version":"1"},"paths":{{paths}}{{more}}}""", path, config);

    /// <summary>A service with the one operation <c>t</c>.</summary>
    /// <param name="verb">Its verb.</param>
    /// <param name="path">Its path.</param>
    /// <param name="members">What the Operation Object has beside its id.</param>
    /// <param name="config">The service's configuration.</param>
    public static Task<RecordingService> WithOperationAsync(string verb, string path, string members, ServiceConfig? config = null) =>
        WithPathsAsync("{\"" + path + "\":{\"" + verb + "\":{\"operationId\":\"t\"," + members + "}}}", config: config);

    public static Task<RecordingService> WithAsync(string document, string path = "", ServiceConfig? config = null) => WithAsync(Encoding.UTF8.GetBytes(document), path, config);

    public static async Task<RecordingService> WithAsync(byte[] document, string path = "", ServiceConfig? config = null)
    {
        var service = new RecordingService(document);
        service._server = await RawServer.StartAsync(service.AnswerAsync);
        var registration = new ServiceRegistration { Name = "plain", Type = ServiceType.FastApi, Config = config ?? new ServiceConfig() };
        service.Upstream = new UpstreamUnderTest(new Uri(service._server.Base, path), registration, maxResponseBytes: 8 * 1024 * 1024);
        return service;
    }

    /// <summary>The tools as they are listed, by name.</summary>
    public async Task<Dictionary<string, JsonElement>> ToolsAsync()
    {
        await Upstream.ConnectAsync();
        using var list = await Upstream.SendAsync("tools/list");
        return JsonElement.Parse(list.ResultText(), new JsonDocumentOptions { MaxDepth = 1000 }).GetProperty("tools").EnumerateArray().ToDictionary(tool => tool.GetProperty("name").GetString()!);
    }

    /// <summary>The schema of the only tool there is.</summary>
    public async Task<JsonElement> SchemaAsync() => Assert.Single(await ToolsAsync()).Value.GetProperty("inputSchema");

    /// <summary>Calls a tool and gives back what arrived for it.</summary>
    public async Task<Arrived> CallAsync(string tool, string arguments)
    {
        await Upstream.ConnectAsync();
        var before = _calls.Count;
        using var reply = await Upstream.CallAsync(tool, arguments);
        Assert.True(reply.Outcome == UpstreamOutcome.Answered && !reply.IsError, $"{reply.Outcome} {reply.Detail} {reply.ErrorText()}");
        Assert.Equal(before + 1, _calls.Count);
        return Last;
    }

    /// <summary>Calls a tool and gives back its result.</summary>
    public async Task<JsonElement> ResultAsync(string tool = "t", string arguments = "{}")
    {
        await Upstream.ConnectAsync();
        using var reply = await Upstream.CallAsync(tool, arguments);
        Assert.True(reply.Outcome == UpstreamOutcome.Answered && !reply.IsError, $"{reply.Outcome} {reply.Detail} {reply.ErrorText()}");
        return JsonElement.Parse(reply.ResultText());
    }

    /// <summary>Calls with what cannot be sent and gives back the reason.</summary>
    public async Task<string> RefusalAsync(string tool, string arguments)
    {
        await Upstream.ConnectAsync();
        var before = _calls.Count;
        using var reply = await Upstream.CallAsync(tool, arguments);
        Assert.Equal((UpstreamOutcome.Invalid, false), (reply.Outcome, reply.WasSent));
        Assert.Equal(before, _calls.Count);
        return reply.Detail!;
    }

    public async ValueTask DisposeAsync()
    {
        await Upstream.DisposeAsync();
        await _server.DisposeAsync();
    }

    private async Task AnswerAsync(HttpContext context)
    {
        using var body = new MemoryStream();
        await context.Request.Body.CopyToAsync(body);
        var target = context.Features.Get<IHttpRequestFeature>()!.RawTarget;
        var path = context.Request.Path.Value!;
        if (path.EndsWith("/health", StringComparison.Ordinal)) return;
        if (path.EndsWith("/openapi.json", StringComparison.Ordinal))
        {
            await context.Response.Body.WriteAsync(Document);
            return;
        }

        var headers = context.Request.Headers.ToDictionary(header => header.Key, header => header.Value.ToString(), StringComparer.OrdinalIgnoreCase);
        _calls.Enqueue(new Arrived(context.Request.Method, target, headers, body.ToArray()));
        await (OnCall ?? (answer => ScriptedServer.JsonAsync(answer, 200, "{}")))(context);
    }
}
