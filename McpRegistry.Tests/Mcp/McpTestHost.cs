using System.Net;
using System.Text;
using System.Text.Json;

using McpRegistry.Core.Calls;
using McpRegistry.Core.State;
using McpRegistry.Core.Upstream;
using McpRegistry.Mcp;
using McpRegistry.Mcp.Relay;

using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Logging;

namespace McpRegistry.Tests.Mcp;

/// <summary>The MCP face on a real Kestrel, with a hand-filled snapshot and a fake dispatcher behind it.</summary>
internal sealed class McpTestHost : IAsyncDisposable
{
    public static readonly TimeSpan Timeout = TimeSpan.FromSeconds(10);

    private readonly WebApplication _app;

    private McpTestHost(WebApplication app)
    {
        _app = app;
        Http = new HttpClient(new SocketsHttpHandler()) { BaseAddress = new Uri(app.Urls.Single()), Timeout = Timeout };
    }

    public HttpClient Http { get; }

    public RegistryState State => Get<RegistryState>();

    public FakeDispatcher Dispatcher => (FakeDispatcher)Get<ICallDispatcher>();

    public T Get<T>() where T : notnull => _app.Services.GetRequiredService<T>();

    /// <summary>Starts it with a service <c>files</c> that has the tools <c>read</c> and <c>write</c>.</summary>
    public static async Task<McpTestHost> StartAsync(
        Action<McpOptions>? options = null, Action<IServiceCollection>? services = null, Action<IConfigurationManager>? settings = null)
    {
        var builder = WebApplication.CreateSlimBuilder();
        settings?.Invoke(builder.Configuration);
        builder.Logging.ClearProviders();
        builder.WebHost.UseUrls("http://127.0.0.1:0");
        builder.Services.AddSingleton<RegistryState>();
        builder.Services.AddSingleton<ICallDispatcher, FakeDispatcher>();
        services?.Invoke(builder.Services);
        builder.Services.TryAddSingleton<IUpstreamNotificationFeed, UpstreamNotificationFeed>();
        builder.Services.AddMcpFace(builder.Configuration);
        if (options is not null) builder.Services.Configure(options);
        var app = builder.Build();
        app.UseRelayDoor();
        app.UseRouting();
        app.MapMcpFace();
        await app.StartAsync();
        var host = new McpTestHost(app);
        host.State.Put(FakeServices.Service("files", FakeServices.Catalog("files", "read", "write")));
        return host;
    }

    public Task StopAsync() => _app.StopAsync();

    public async Task<Reply> SendAsync(string path, string body, params (string Name, string Value)[] headers)
    {
        using var response = await Http.SendAsync(Request(path, body, headers));
        return new Reply(response.StatusCode, response.Content.Headers.ContentType?.MediaType, await response.Content.ReadAsStringAsync());
    }

    /// <summary>Sends without waiting for the whole answer.</summary>
    public Task<HttpResponseMessage> OpenAsync(string path, string body, params (string Name, string Value)[] headers) =>
        Http.SendAsync(Request(path, body, headers), HttpCompletionOption.ResponseHeadersRead);

    /// <summary>Initializes and returns the session.</summary>
    public async Task<string> InitializeAsync(string path = "/mcp", string version = "2025-11-25")
    {
        var body = $$$"""{"jsonrpc":"2.0","id":0,"method":"initialize","params":{"protocolVersion":"{{{version}}}","capabilities":{},"clientInfo":{"name":"test","version":"1"} } }""";
        using var response = await Http.SendAsync(Request(path, body));
        Assert.Equal(HttpStatusCode.OK, response.StatusCode);
        return response.Headers.GetValues(McpHeaders.SessionId).Single();
    }

    /// <summary>A request in a session.</summary>
    public Task<Reply> LegacyAsync(string session, string method, string parameters = "{}", string path = "/mcp") =>
        SendAsync(path, $$"""{"jsonrpc":"2.0","id":7,"method":"{{method}}","params":{{parameters}}}""", (McpHeaders.SessionId, session), (McpHeaders.ProtocolVersion, "2025-11-25"));

    /// <summary>A request of the modern era, with all that it needs.</summary>
    /// <param name="method">The method.</param>
    /// <param name="members">The members of params, without braces.</param>
    /// <param name="name">The Mcp-Name header.</param>
    /// <param name="path">The URL.</param>
    /// <param name="more">Further headers.</param>
    public Task<Reply> ModernAsync(string method, string members = "", string? name = null, string path = "/mcp", params (string, string)[] more) =>
        SendAsync(path, Modern.Body(method, members), [.. Modern.Headers(method, name), .. more]);

    public Task<HttpResponseMessage> OpenModernAsync(string method, string members = "", string? name = null, string path = "/mcp") =>
        OpenAsync(path, Modern.Body(method, members), [.. Modern.Headers(method, name)]);

    public async ValueTask DisposeAsync()
    {
        Http.Dispose();
        await _app.DisposeAsync();
    }

    private static HttpRequestMessage Request(string path, string body, params (string Name, string Value)[] headers)
    {
        var request = new HttpRequestMessage(HttpMethod.Post, path) { Content = new StringContent(body, Encoding.UTF8, "application/json") };
        request.Headers.TryAddWithoutValidation("Accept", "application/json, text/event-stream");
        foreach (var (name, value) in headers) request.Headers.TryAddWithoutValidation(name, value);
        return request;
    }
}

/// <summary>An answer, read to its end.</summary>
internal sealed record Reply(HttpStatusCode Status, string? Type, string Body)
{
    public JsonElement Json => JsonElement.Parse(Body);

    public JsonElement Result => Json.GetProperty("result");

    public JsonElement Error => Json.GetProperty("error");

    public int ErrorCode => Error.GetProperty("code").GetInt32();

    public IEnumerable<string?> Names(string list) => Result.GetProperty(list).EnumerateArray().Select(one => one.GetProperty("name").GetString());
}

/// <summary>The form of modern requests.</summary>
internal static class Modern
{
    public const string Meta = """
        "_meta":{"io.modelcontextprotocol/protocolVersion":"2026-07-28","io.modelcontextprotocol/clientCapabilities":{},"io.modelcontextprotocol/clientInfo":{"name":"test","version":"1"}}
        """;

    public static string Body(string method, string members = "") =>
        $$"""{"jsonrpc":"2.0","id":7,"method":"{{method}}","params":{ {{(members.Length == 0 ? "" : members + ",")}} {{Meta}} } }""";

    public static IEnumerable<(string, string)> Headers(string method, string? name = null)
    {
        yield return (McpHeaders.ProtocolVersion, "2026-07-28");
        yield return (McpHeaders.Method, method);
        if (name is not null) yield return (McpHeaders.Name, name);
    }
}
