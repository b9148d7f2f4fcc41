using McpRegistry.Core.Registration;
using McpRegistry.Core.Upstream;

using Microsoft.AspNetCore.Http;

namespace McpRegistry.Tests.Upstream.Http;

public sealed class RedirectTests
{
    /// <summary>Starlette sends whoever asks at /mcp to /mcp/ by 307.</summary>
    [Theory]
    [InlineData(ProtocolEra.Legacy, 307)]
    [InlineData(ProtocolEra.Legacy, 308)]
    [InlineData(ProtocolEra.Modern, 307)]
    [InlineData(ProtocolEra.Modern, 308)]
    public async Task A_server_that_moved_within_its_origin_is_asked_there_with_method_and_body(ProtocolEra era, int status)
    {
        await using var server = await ScriptedServer.StartAsync(era, ScriptedServerAnswers.Echo);
        var redirects = 0;
        server.Before = context =>
        {
            if (context.Request.Path == "/mcp/") return false;
            Interlocked.Increment(ref redirects);
            context.Response.StatusCode = status;
            context.Response.Headers.Location = "/mcp/?via=redirect";
            return true;
        };
        await using var upstream = await UpstreamUnderTest.ConnectAsync(server.Mcp);

        using var first = await upstream.CallAsync(arguments: "{\"a\":1}");
        var before = redirects;
        using var second = await upstream.CallAsync(arguments: "{\"a\":2}");

        Assert.Equal(("{\"a\":1}", "{\"a\":2}"), (first.ResultText(), second.ResultText()));
        Assert.Equal(2, server.Count("tools/call"));
        // 308 is for good, 307 for this once.
        Assert.Equal(status == 308 ? 0 : 1, redirects - before);
    }

    [Fact]
    public async Task The_end_of_a_session_and_the_stream_follow_as_well()
    {
        await using var server = await ScriptedServer.StartAsync(ProtocolEra.Legacy, (context, request) =>
        {
            context.Response.StatusCode = request.HttpMethod == "GET" ? 405 : 200;
            return Task.CompletedTask;
        });
        server.Before = Moving("/mcp/");
        await using (await UpstreamUnderTest.ConnectAsync(server.Mcp)) await server.WaitForAsync(request => request.HttpMethod == "GET");

        Assert.Contains(server.All, request => request.HttpMethod == "DELETE");
    }

    [Theory]
    [InlineData("http://127.0.0.2:9/mcp?key=secret", "http://127.0.0.2:9/mcp")]
    [InlineData("https://127.0.0.1:9/mcp", "https://127.0.0.1:9/mcp")]
    [InlineData("http://127.0.0.1:9/mcp/", "http://127.0.0.1:9/mcp/")]
    [InlineData("http://user:pw@HERE/mcp/", "HERE/mcp/")]
    [InlineData("ftp://127.0.0.1/mcp", "without saying where")]
    [InlineData(null, "without saying where")]
    public async Task Another_origin_gets_nothing_and_the_reason_names_it_without_its_query(string? location, string named)
    {
        await using var server = await ScriptedServer.StartAsync(ProtocolEra.Modern, ScriptedServerAnswers.Echo);
        var here = $"{server.Mcp.Host}:{server.Mcp.Port}";
        server.Before = context =>
        {
            context.Response.StatusCode = 307;
            if (location is not null) context.Response.Headers.Location = location.Replace("HERE", here, StringComparison.Ordinal);
            return true;
        };
        await using var upstream = new UpstreamUnderTest(server.Mcp);

        var failure = await Assert.ThrowsAsync<UpstreamException>(upstream.ConnectAsync);

        Assert.Contains(named.Replace("HERE", here, StringComparison.Ordinal), failure.Message, StringComparison.Ordinal);
        Assert.Contains("HTTP 307", failure.Message, StringComparison.Ordinal);
        Assert.DoesNotContain("secret", failure.Message, StringComparison.Ordinal);
        Assert.DoesNotContain("pw", failure.Message, StringComparison.Ordinal);
        Assert.Empty(server.All);
    }

    [Fact]
    public async Task Redirects_in_a_circle_end()
    {
        var asked = 0;
        await using var server = await RawServer.StartAsync(context =>
        {
            Interlocked.Increment(ref asked);
            context.Response.StatusCode = 307;
            context.Response.Headers.Location = context.Request.Path == "/mcp" ? "/mcp/" : "/mcp";
            return Task.CompletedTask;
        });
        await using var upstream = new UpstreamUnderTest(server.Mcp);

        var failure = await Assert.ThrowsAsync<UpstreamException>(upstream.ConnectAsync);

        Assert.Contains("without end", failure.Message, StringComparison.Ordinal);
        Assert.Equal(4, asked);
    }

    /// <summary>301, 302 and 303 after a POST may mean that it was done.</summary>
    [Theory]
    [InlineData(301)]
    [InlineData(302)]
    [InlineData(303)]
    public async Task Other_redirects_of_a_call_are_never_followed_and_never_sent_again(int status)
    {
        var visited = 0;
        await using var server = await ScriptedServer.StartAsync(ProtocolEra.Modern, (context, _) =>
        {
            context.Response.StatusCode = status;
            context.Response.Headers.Location = "/elsewhere";
            return Task.CompletedTask;
        });
        server.Before = context =>
        {
            if (context.Request.Path == "/elsewhere") Interlocked.Increment(ref visited);
            return false;
        };
        await using var upstream = await UpstreamUnderTest.ConnectAsync(server.Mcp);

        using var reply = await upstream.CallAsync();

        Assert.NotEqual(UpstreamOutcome.Answered, reply.Outcome);
        Assert.Equal((0, 1), (visited, server.Count("tools/call")));
    }

    [Fact]
    public async Task A_plain_service_is_followed_for_its_document_its_health_and_its_calls()
    {
        var seen = new List<string>();
        await using var server = await RawServer.StartAsync(async context =>
        {
            var path = context.Request.Path.Value!;
            if (!path.EndsWith('/'))
            {
                context.Response.StatusCode = 307;
                context.Response.Headers.Location = path + "/";
                return;
            }

            using var reader = new StreamReader(context.Request.Body);
            var body = await reader.ReadToEndAsync();
            lock (seen) seen.Add($"{context.Request.Method} {path} {context.Request.Headers.Authorization} {body}");
            await ScriptedServer.JsonAsync(context, 200, path == "/openapi.json/"
                ? "{\"openapi\":\"3.1.0\",\"paths\":{\"/tools/add\":{\"post\":{\"summary\":\"Adds.\",\"requestBody\":{\"content\":{\"application/json\":{\"schema\":{\"type\":\"object\"}}}}}}}}"
                : "{\"ok\":true}");
        });
        await using var upstream = await UpstreamUnderTest.ConnectAsync(server.Base, new ServiceRegistration { Name = "plain", Type = ServiceType.FastApi, ApiKey = "k" });

        using var reply = await upstream.CallAsync("add", "{\"a\":1}");

        Assert.Equal(UpstreamOutcome.Answered, reply.Outcome);
        Assert.Equal(["GET /health/ Bearer k ", "GET /openapi.json/ Bearer k ", "POST /tools/add/ Bearer k {\"a\":1}"], seen);
    }

    private static Func<HttpContext, bool> Moving(string to) => context =>
    {
        if (context.Request.Path == to) return false;
        context.Response.StatusCode = 307;
        context.Response.Headers.Location = to;
        return true;
    };
}
