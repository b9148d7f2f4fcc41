using System.Net;
using System.Net.Sockets;
using System.Text;

using McpRegistry.Core.Upstream;
using McpRegistry.Tests.Acceptance.Harness;

using Microsoft.AspNetCore.Http;

namespace McpRegistry.Tests.Upstream.Http;

public sealed class TransportFailureTests
{
    [Fact]
    public async Task A_refused_connection_sent_nothing()
    {
        await using var server = await ScriptedServer.StartAsync(ProtocolEra.Modern, ScriptedServerAnswers.Echo);
        await using var upstream = await UpstreamUnderTest.ConnectAsync(server.Mcp);
        await server.DisposeAsync();

        // The pooled connection may be found dead by the first call only after it was written to; the next must connect.
        using var first = await upstream.CallAsync();
        using var second = await upstream.CallAsync();

        Assert.NotEqual(UpstreamOutcome.Answered, first.Outcome);
        Assert.Equal((UpstreamOutcome.ConnectFailed, false), (second.Outcome, second.WasSent));
        Assert.NotNull(upstream.Client.Connection);
    }

    [Fact]
    public async Task Connecting_to_nobody_says_why()
    {
        await using var upstream = new UpstreamUnderTest(new Uri($"http://127.0.0.1:{FreePort.Find()}/mcp"));

        var failure = await Assert.ThrowsAsync<UpstreamException>(upstream.ConnectAsync);

        Assert.Contains("ConnectionRefused", failure.Message, StringComparison.Ordinal);
        Assert.False(failure.IsAlive);
        using var reply = await upstream.CallAsync();
        Assert.Equal((UpstreamOutcome.ConnectFailed, false), (reply.Outcome, reply.WasSent));
    }

    [Fact]
    public async Task A_failed_TLS_handshake_sent_nothing()
    {
        await using var server = await RawServer.StartAsync(_ => Task.CompletedTask);
        await using var upstream = new UpstreamUnderTest(new UriBuilder(server.Mcp) { Scheme = "https" }.Uri);

        await Assert.ThrowsAsync<UpstreamException>(upstream.ConnectAsync);
    }

    [Fact]
    public async Task A_reset_after_the_request_was_read_leaves_open_whether_it_was_executed()
    {
        await using var server = await ScriptedServer.StartAsync(ProtocolEra.Modern, (context, _) =>
        {
            context.Abort();
            return Task.CompletedTask;
        });
        await using var upstream = await UpstreamUnderTest.ConnectAsync(server.Mcp);

        using var reply = await upstream.CallAsync();

        Assert.Equal((UpstreamOutcome.SentButNoAnswer, true), (reply.Outcome, reply.WasSent));
        Assert.Equal(1, server.Count("tools/call"));
    }

    [Fact]
    public async Task A_reused_connection_that_closes_after_the_request_is_never_tried_again()
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        var calls = 0;
        var serving = ServeAsync(listener, body =>
        {
            if (body.Contains("server/discover", StringComparison.Ordinal)) return "{\"jsonrpc\":\"2.0\",\"id\":1,\"result\":{\"supportedVersions\":[\"2026-07-28\"],\"capabilities\":{}}}";
            Interlocked.Increment(ref calls);
            return null;
        });
        await using var upstream = await UpstreamUnderTest.ConnectAsync(new Uri($"http://127.0.0.1:{((IPEndPoint)listener.LocalEndpoint).Port}/mcp"));

        using var reply = await upstream.CallAsync();

        Assert.Equal((UpstreamOutcome.SentButNoAnswer, true), (reply.Outcome, reply.WasSent));
        Assert.Equal(1, calls);
        listener.Stop();
        await serving;
    }

    [Fact]
    public async Task Half_an_answer_is_none()
    {
        await using var server = await ScriptedServer.StartAsync(ProtocolEra.Modern, async (context, request) =>
        {
            context.Response.ContentType = "application/json";
            context.Response.ContentLength = 1000;
            await ScriptedServer.WriteAsync(context, $"{{\"jsonrpc\":\"2.0\",\"id\":{request.Id},\"result\":{{");
            context.Abort();
        });
        await using var upstream = await UpstreamUnderTest.ConnectAsync(server.Mcp);

        using var reply = await upstream.CallAsync();

        Assert.Equal((UpstreamOutcome.SentButNoAnswer, true), (reply.Outcome, reply.WasSent));
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task An_answer_above_the_limit_is_not_collected(bool declaresLength)
    {
        await using var server = await ScriptedServer.StartAsync(ProtocolEra.Modern, async (context, request) =>
        {
            var text = $"{{\"jsonrpc\":\"2.0\",\"id\":{request.Id},\"result\":{{\"text\":\"{new string('x', 200_000)}\"}}}}";
            if (declaresLength) context.Response.ContentLength = text.Length;
            context.Response.ContentType = "application/json";
            await context.Response.WriteAsync(text);
        });
        await using var upstream = await UpstreamUnderTest.ConnectAsync(server.Mcp, maxResponseBytes: 100_000);

        using var reply = await upstream.CallAsync();

        Assert.Equal((UpstreamOutcome.ResponseTooLarge, true), (reply.Outcome, reply.WasSent));
    }

    [Fact]
    public async Task A_body_that_comes_byte_by_byte_arrives_whole()
    {
        var result = $"{{\"text\":\"{new string('ü', 300)}\"}}";
        await using var server = await ScriptedServer.StartAsync(ProtocolEra.Modern, async (context, request) =>
        {
            context.Response.ContentType = "application/json";
            foreach (var piece in Encoding.UTF8.GetBytes($"{{\"jsonrpc\":\"2.0\",\"id\":{request.Id},\"result\":{result}}}"))
            {
                await context.Response.Body.WriteAsync(new[] { piece });
                await context.Response.Body.FlushAsync();
            }
        });
        await using var upstream = await UpstreamUnderTest.ConnectAsync(server.Mcp);

        using var reply = await upstream.CallAsync();

        Assert.Equal(result, reply.ResultText());
    }

    [Fact]
    public async Task Calls_at_the_same_time_do_not_mix_their_answers()
    {
        await using var server = await ScriptedServer.StartAsync(ProtocolEra.Modern, ScriptedServerAnswers.Echo);
        await using var upstream = await UpstreamUnderTest.ConnectAsync(server.Mcp);

        await Parallel.ForAsync(0, 300, new ParallelOptions { MaxDegreeOfParallelism = 32 }, async (number, cancellationToken) =>
        {
            var payload = $"{{\"number\":{number},\"padding\":\"{new string('p', number * 37)}\"}}";
            using var reply = await upstream.CallAsync(arguments: payload, cancellationToken: cancellationToken);
            Assert.Equal(payload, reply.ResultText());
        });
    }

    // One HTTP/1.1 answer a request; null closes the connection instead.
    private static async Task ServeAsync(TcpListener listener, Func<string, string?> answer)
    {
        try
        {
            while (true)
            {
                using var socket = await listener.AcceptSocketAsync();
                var buffer = new byte[64 * 1024];
                while (await socket.ReceiveAsync(buffer) is > 0 and var read)
                {
                    if (answer(Encoding.UTF8.GetString(buffer, 0, read)) is not { } body) break;
                    await socket.SendAsync(Encoding.UTF8.GetBytes($"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: {body.Length}\r\n\r\n{body}"));
                }
            }
        }
        // A listener stopped between two connections says that it is "not listening".
        catch (Exception end) when (end is SocketException or ObjectDisposedException or InvalidOperationException) { }
    }
}

internal static class ScriptedServerAnswers
{
    /// <summary>The arguments are the result.</summary>
    public static Task Echo(HttpContext context, Received request) =>
        ScriptedServer.ResultAsync(context, request, request.Json.GetProperty("params").GetProperty("arguments").GetRawText());
}
