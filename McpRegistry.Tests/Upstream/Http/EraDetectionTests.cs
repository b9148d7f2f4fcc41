using McpRegistry.Core.Upstream;

using Microsoft.AspNetCore.Http;

namespace McpRegistry.Tests.Upstream.Http;

public sealed class EraDetectionTests
{
    [Fact]
    public async Task A_modern_server_is_discovered_with_headers_and_metadata()
    {
        await using var server = await ScriptedServer.StartAsync(ProtocolEra.Modern, ScriptedServerAnswers.Echo);
        await using var upstream = await UpstreamUnderTest.ConnectAsync(server.Mcp);

        var connection = upstream.Client.Connection!;
        Assert.Equal((ProtocolEra.Modern, "2026-07-28", false), (connection.Era, connection.ProtocolVersion, connection.IsStateful));
        Assert.Equal(("scripted", "7", "Be kind."), (connection.ServerName, connection.ServerVersion, connection.Instructions));
        Assert.True(connection.Has("tools"));
        var discover = server.Only("server/discover");
        Assert.Equal(("2026-07-28", "server/discover"), (discover.Header("MCP-Protocol-Version"), discover.Header("Mcp-Method")));
        Assert.Equal("application/json, text/event-stream", discover.Header("Accept"));
        Assert.Equal("2026-07-28", discover.Json.GetProperty("params").GetProperty("_meta").GetProperty("io.modelcontextprotocol/protocolVersion").GetString());
        Assert.Equal(connection, await upstream.Observer.NextConnectionAsync());
    }

    [Fact]
    public async Task A_legacy_server_gets_initialize_and_a_session()
    {
        await using var server = await ScriptedServer.StartAsync(ProtocolEra.Legacy, ScriptedServerAnswers.Echo);
        await using var upstream = await UpstreamUnderTest.ConnectAsync(server.Mcp);

        var connection = upstream.Client.Connection!;
        Assert.Equal((ProtocolEra.Legacy, "2025-11-25", true), (connection.Era, connection.ProtocolVersion, connection.IsStateful));
        var initialized = server.Only("notifications/initialized");
        Assert.Equal(("session-1", "2025-11-25"), (initialized.Header("Mcp-Session-Id"), initialized.Header("MCP-Protocol-Version")));
        Assert.Null(server.Only("initialize").Header("Mcp-Session-Id"));
    }

    [Theory]
    [InlineData("2025-06-18", "2025-06-18")]
    [InlineData("2025-03-26", null)]
    [InlineData("2024-11-05", null)]
    public async Task The_version_header_is_sent_from_its_first_revision_on(string revision, string? header)
    {
        await using var server = await ScriptedServer.StartSessionlessAsync(revision, ScriptedServerAnswers.Echo);
        await using var upstream = await UpstreamUnderTest.ConnectAsync(server.Mcp);

        using var reply = await upstream.CallAsync(arguments: "{\"a\":1}");

        Assert.Equal("{\"a\":1}", reply.ResultText());
        Assert.Equal(header, server.Only("tools/call").Header("MCP-Protocol-Version"));
        Assert.False(upstream.Client.Connection!.IsStateful);
    }

    [Theory]
    [InlineData(200, "{\"jsonrpc\":\"2.0\",\"id\":1,\"error\":{\"code\":-32601,\"message\":\"Method not found\"}}")]
    [InlineData(400, "{\"jsonrpc\":\"2.0\",\"id\":null,\"error\":{\"code\":-32022,\"message\":\"no\",\"data\":{\"supported\":[\"2025-06-18\"]}}}")]
    [InlineData(400, "Bad Request")]
    [InlineData(404, "{\"detail\":\"Not Found\"}")]
    [InlineData(405, "")]
    [InlineData(422, "{}")]
    [InlineData(500, "Internal Server Error")]
    [InlineData(200, "<html>")]
    public async Task Any_other_answer_to_discover_means_legacy(int status, string body)
    {
        await using var server = await LegacyAsync(context => ScriptedServer.JsonAsync(context, status, body));
        await using var upstream = await UpstreamUnderTest.ConnectAsync(server.Mcp);

        Assert.Equal(ProtocolEra.Legacy, upstream.Client.Connection!.Era);
    }

    [Fact]
    public async Task A_server_that_hangs_up_on_discover_is_legacy()
    {
        await using var server = await LegacyAsync(context =>
        {
            context.Abort();
            return Task.CompletedTask;
        });
        await using var upstream = await UpstreamUnderTest.ConnectAsync(server.Mcp);

        Assert.Equal(ProtocolEra.Legacy, upstream.Client.Connection!.Era);
    }

    [Theory]
    [InlineData(-32020)]
    [InlineData(-32021)]
    public async Task A_modern_error_to_discover_means_modern(int code)
    {
        await using var server = await RawServer.StartAsync(context =>
            ScriptedServer.JsonAsync(context, 400, $"{{\"jsonrpc\":\"2.0\",\"id\":1,\"error\":{{\"code\":{code},\"message\":\"no\"}}}}"));
        await using var upstream = await UpstreamUnderTest.ConnectAsync(server.Mcp);

        Assert.Equal(ProtocolEra.Modern, upstream.Client.Connection!.Era);
    }

    [Theory]
    [InlineData(401)]
    [InlineData(403)]
    [InlineData(429)]
    public async Task A_server_that_wants_credentials_or_patience_is_alive(int status)
    {
        await using var server = await RawServer.StartAsync(context => ScriptedServer.JsonAsync(context, status, "SECRET-OF-THE-UPSTREAM"));
        await using var upstream = new UpstreamUnderTest(server.Mcp);

        var failure = await Assert.ThrowsAsync<UpstreamException>(upstream.ConnectAsync);

        Assert.True(failure.IsAlive);
        Assert.DoesNotContain("SECRET", failure.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(302, "redirect")]
    [InlineData(503, "not ready")]
    public async Task A_server_that_is_elsewhere_or_not_ready_cannot_be_connected(int status, string word)
    {
        await using var server = await RawServer.StartAsync(context => ScriptedServer.JsonAsync(context, status, ""));
        await using var upstream = new UpstreamUnderTest(server.Mcp);

        var failure = await Assert.ThrowsAsync<UpstreamException>(upstream.ConnectAsync);

        Assert.Contains(word, failure.Message, StringComparison.Ordinal);
        Assert.False(failure.IsAlive);
    }

    [Theory]
    [InlineData(200)]
    [InlineData(400)]
    public async Task A_server_that_refuses_the_newest_revision_is_asked_for_one_that_it_named(int status)
    {
        await using var server = await OwnHandshakeAsync((context, text, id) => text.Contains("2025-11-25", StringComparison.Ordinal)
            ? ScriptedServer.JsonAsync(context, status, $"{{\"jsonrpc\":\"2.0\",\"id\":{id},\"error\":{{\"code\":-32602,\"message\":\"Unsupported protocol version\",\"data\":{{\"supported\":[\"2025-03-26\"],\"requested\":\"2025-11-25\"}}}}}}")
            : ScriptedServer.JsonAsync(context, 200, $"{{\"jsonrpc\":\"2.0\",\"id\":{id},\"result\":{{\"protocolVersion\":\"2025-03-26\",\"capabilities\":{{}}}}}}"));
        await using var upstream = await UpstreamUnderTest.ConnectAsync(server.Mcp);

        Assert.Equal("2025-03-26", upstream.Client.Connection!.ProtocolVersion);
    }

    [Theory]
    [InlineData(400)]
    [InlineData(422)]
    public async Task A_server_that_wants_params_with_initialized_gets_them(int status)
    {
        await using var server = await OwnHandshakeAsync(InitializeAsync, text => text.Contains("\"params\":{}", StringComparison.Ordinal) ? 202 : status);
        await using var upstream = await UpstreamUnderTest.ConnectAsync(server.Mcp);

        Assert.Equal(ProtocolEra.Legacy, upstream.Client.Connection!.Era);
    }

    [Theory]
    [InlineData(400)]
    [InlineData(500)]
    public async Task A_refusal_of_initialized_is_named(int status)
    {
        await using var server = await OwnHandshakeAsync(InitializeAsync, _ => status);
        await using var upstream = new UpstreamUnderTest(server.Mcp);

        var failure = await Assert.ThrowsAsync<UpstreamException>(upstream.ConnectAsync);

        Assert.Contains($"notifications/initialized (HTTP {status})", failure.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Callers_at_the_same_time_share_one_handshake()
    {
        await using var server = await ScriptedServer.StartAsync(ProtocolEra.Legacy, ScriptedServerAnswers.Echo);
        await using var upstream = new UpstreamUnderTest(server.Mcp);

        await Task.WhenAll(Enumerable.Range(0, 20).Select(_ => upstream.ConnectAsync()));
        await upstream.ConnectAsync();

        Assert.Equal((1, 1), (server.Count("server/discover"), server.Count("initialize")));
    }

    [Fact]
    public async Task A_caller_that_gives_up_does_not_end_the_handshake_of_the_others()
    {
        var gate = new TaskCompletionSource();
        await using var server = await LegacyAsync(async context =>
        {
            await gate.Task;
            await ScriptedServer.JsonAsync(context, 400, "");
        });
        await using var upstream = new UpstreamUnderTest(server.Mcp);
        using var impatient = new CancellationTokenSource();
        var first = upstream.Client.ConnectAsync(impatient.Token);
        var second = upstream.ConnectAsync();

        await impatient.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => first);
        gate.SetResult();

        await second;
        Assert.NotNull(upstream.Client.Connection);
    }

    private static Task InitializeAsync(HttpContext context, string text, string id) =>
        ScriptedServer.JsonAsync(context, 200, $"{{\"jsonrpc\":\"2.0\",\"id\":{id},\"result\":{{\"protocolVersion\":\"2025-06-18\",\"capabilities\":{{}}}}}}");

    private static Task<RawServer> OwnHandshakeAsync(Func<HttpContext, string, string, Task> initialize, Func<string, int>? initialized = null) => RawServer.StartAsync(async context =>
    {
        using var body = new StreamReader(context.Request.Body);
        var text = await body.ReadToEndAsync();
        if (text.Contains("\"initialize\"", StringComparison.Ordinal)) await initialize(context, text, System.Text.Json.JsonElement.Parse(text).GetProperty("id").GetRawText());
        else context.Response.StatusCode = text.Contains("notifications/initialized", StringComparison.Ordinal) ? initialized?.Invoke(text) ?? 202 : 405;
    });

    private static Task<RawServer> LegacyAsync(RequestDelegate onDiscover) => RawServer.StartAsync(async context =>
    {
        using var body = new StreamReader(context.Request.Body);
        var text = await body.ReadToEndAsync();
        if (text.Contains("server/discover", StringComparison.Ordinal)) await onDiscover(context);
        else if (text.Contains("\"initialize\"", StringComparison.Ordinal))
        {
            var id = System.Text.Json.JsonElement.Parse(text).GetProperty("id").GetRawText();
            await ScriptedServer.JsonAsync(context, 200, $"{{\"jsonrpc\":\"2.0\",\"id\":{id},\"result\":{{\"protocolVersion\":\"2025-06-18\",\"capabilities\":{{}},\"serverInfo\":{{\"name\":\"x\",\"version\":\"1\"}}}}}}");
        }
        else context.Response.StatusCode = HttpMethods.IsGet(context.Request.Method) ? 405 : 202;
    });
}
