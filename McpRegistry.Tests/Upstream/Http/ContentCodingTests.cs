using System.IO.Compression;
using System.Text;
using System.Text.Json;

using McpRegistry.Core.Registration;
using McpRegistry.Core.Upstream;

using Microsoft.AspNetCore.Http;

namespace McpRegistry.Tests.Upstream.Http;

public sealed class ContentCodingTests
{
    private const string Answer = """{"content":[{"type":"text","text":"grün"}]}""";

    /// <summary>Handshake, session and call, all of it compressed.</summary>
    [Theory]
    [InlineData("gzip")]
    [InlineData("deflate")]
    [InlineData("raw-deflate")]
    [InlineData("br")]
    [InlineData("X-GZIP")]
    [InlineData("identity")]
    [InlineData("gzip, br")]
    public async Task An_answer_that_is_compressed_although_nobody_asked_is_read(string coding)
    {
        var asked = new HashSet<string>();
        await using var server = await RawServer.StartAsync(async context =>
        {
            lock (asked) asked.Add(context.Request.Headers.AcceptEncoding.ToString());
            using var reader = new StreamReader(context.Request.Body);
            var body = await reader.ReadToEndAsync();
            if (body.Length == 0 || !JsonElement.Parse(body).TryGetProperty("id", out var id))
            {
                context.Response.StatusCode = context.Request.Method == "POST" ? 202 : 405;
                return;
            }

            var result = body.Contains("server/discover", StringComparison.Ordinal) ? "{\"supportedVersions\":[\"2026-07-28\"],\"capabilities\":{\"tools\":{}}}" : Answer;
            await CodedAsync(context, coding, $"{{\"jsonrpc\":\"2.0\",\"id\":{id.GetRawText()},\"result\":{result}}}");
        });
        await using var upstream = await UpstreamUnderTest.ConnectAsync(server.Mcp);

        using var reply = await upstream.CallAsync();

        Assert.Equal(Answer, reply.ResultText());
        Assert.Equal([""], asked);
    }

    [Theory]
    [InlineData("gzip")]
    [InlineData("br")]
    public async Task A_compressed_event_stream_is_read_as_it_comes(string coding)
    {
        await using var server = await ScriptedServer.StartAsync(ProtocolEra.Modern, async (context, request) =>
        {
            context.Response.ContentType = "text/event-stream";
            context.Response.Headers.ContentEncoding = coding;
            await using var body = Coded(context.Response.Body, coding);
            await WriteAsync(body, "data: {\"jsonrpc\":\"2.0\",\"method\":\"notifications/progress\",\"params\":{\"progressToken\":1,\"progress\":1}}\n\n");
            await WriteAsync(body, $"data: {{\"jsonrpc\":\"2.0\",\"id\":{request.Id},\"result\":{Answer}}}\n\n");
            var gone = new TaskCompletionSource();
            context.RequestAborted.Register(() => gone.TrySetResult());
            await gone.Task.WaitAsync(TimeSpan.FromSeconds(30));
        });
        await using var upstream = await UpstreamUnderTest.ConnectAsync(server.Mcp);
        var listener = new RecordingListener();

        using var reply = await upstream.CallAsync(listener: listener);

        Assert.Equal(Answer, reply.ResultText());
        Assert.Single(listener.Heard);
    }

    [Fact]
    public async Task A_decompression_bomb_is_too_large_and_is_never_held_in_memory()
    {
        var bomb = Compress("gzip", [.. "{\"x\":\""u8, .. new byte[64 * 1024 * 1024]]);
        await using var server = await ScriptedServer.StartAsync(ProtocolEra.Modern, async (context, _) =>
        {
            context.Response.ContentType = "application/json";
            context.Response.Headers.ContentEncoding = "gzip";
            await context.Response.Body.WriteAsync(bomb);
        });
        await using var upstream = await UpstreamUnderTest.ConnectAsync(server.Mcp, maxResponseBytes: 100_000);
        using (await upstream.CallAsync()) { }
        var before = GC.GetTotalAllocatedBytes();

        using var reply = await upstream.CallAsync();

        Assert.InRange(bomb.Length, 1, 99_999);
        Assert.Equal((UpstreamOutcome.ResponseTooLarge, true), (reply.Outcome, reply.WasSent));
        Assert.InRange(GC.GetTotalAllocatedBytes() - before, 0, 16 * 1024 * 1024);
    }

    [Theory]
    [InlineData("zstd", "'zstd'")]
    [InlineData("gzip, compress", "'compress'")]
    [InlineData("a b<script>", "'?'")]
    [InlineData("gzip", "no gzip although it says so")]
    [InlineData("br", "no br although it says so")]
    [InlineData("deflate", "no deflate although it says so")]
    [InlineData("gzip, gzip, gzip, gzip, gzip", "more codings")]
    public async Task A_body_that_cannot_be_read_is_named_at_the_handshake_and_at_a_call(string coding, string named)
    {
        var isCoded = true;
        await using var server = await ScriptedServer.StartAsync(ProtocolEra.Modern, (context, request) => ScriptedServer.ResultAsync(context, request, Answer));
        server.Before = context =>
        {
            if (isCoded) context.Response.Headers.ContentEncoding = coding;
            return false;
        };
        await using var upstream = new UpstreamUnderTest(server.Mcp);

        var failure = await Assert.ThrowsAsync<UpstreamException>(upstream.ConnectAsync);
        isCoded = false;
        await upstream.ConnectAsync();
        isCoded = true;
        using var reply = await upstream.CallAsync();

        Assert.Contains(named, failure.Message, StringComparison.Ordinal);
        Assert.Contains(named, reply.Detail, StringComparison.Ordinal);
        Assert.Equal((UpstreamOutcome.ProtocolError, true), (reply.Outcome, reply.WasSent));
    }

    [Theory]
    [InlineData(401)]
    [InlineData(429)]
    public async Task A_refusal_stays_one_whatever_its_body_is_coded_in(int status)
    {
        await using var server = await ScriptedServer.StartAsync(ProtocolEra.Modern, (context, _) =>
        {
            context.Response.Headers.ContentEncoding = "zstd";
            return ScriptedServer.JsonAsync(context, status, "????");
        });
        await using var upstream = await UpstreamUnderTest.ConnectAsync(server.Mcp);

        using var reply = await upstream.CallAsync();

        Assert.Equal((UpstreamOutcome.Refused, false, status), (reply.Outcome, reply.WasSent, reply.RefusalStatus));
    }

    [Fact]
    public async Task A_plain_service_may_compress_its_document_and_its_answers_within_the_limit()
    {
        var answer = "{\"ok\":true}";
        await using var server = await RawServer.StartAsync(async context =>
        {
            context.Response.ContentType = "application/json";
            context.Response.Headers.ContentEncoding = "gzip";
            await context.Response.Body.WriteAsync(Compress("gzip", Encoding.UTF8.GetBytes(context.Request.Path == "/openapi.json"
                ? "{\"openapi\":\"3.1.0\",\"paths\":{\"/tools/add\":{\"post\":{\"summary\":\"Adds.\",\"requestBody\":{\"content\":{\"application/json\":{\"schema\":{\"type\":\"object\"}}}}}}}}"
                : answer)));
        });
        await using var upstream = await UpstreamUnderTest.ConnectAsync(server.Base, new ServiceRegistration { Name = "plain", Type = ServiceType.FastApi }, maxResponseBytes: 100_000);

        using var good = await upstream.CallAsync("add");
        answer = new string(' ', 1_000_000);
        using var bomb = await upstream.CallAsync("add");

        Assert.Contains("\"structuredContent\":{\"ok\":true}", good.ResultText(), StringComparison.Ordinal);
        Assert.Equal(UpstreamOutcome.ResponseTooLarge, bomb.Outcome);
    }

    private static Task CodedAsync(HttpContext context, string coding, string json)
    {
        context.Response.ContentType = "application/json";
        context.Response.Headers.ContentEncoding = coding == "raw-deflate" ? "deflate" : coding;
        var bytes = Encoding.UTF8.GetBytes(json);
        foreach (var one in coding.Split(", ")) bytes = Compress(one, bytes);
        return context.Response.Body.WriteAsync(bytes).AsTask();
    }

    private static Stream Coded(Stream body, string coding) => coding.ToLowerInvariant() switch
    {
        "gzip" or "x-gzip" => new GZipStream(body, CompressionLevel.SmallestSize, leaveOpen: true),
        "br" => new BrotliStream(body, CompressionLevel.Fastest, leaveOpen: true),
        "deflate" => new ZLibStream(body, CompressionLevel.Fastest, leaveOpen: true),
        "raw-deflate" => new DeflateStream(body, CompressionLevel.Fastest, leaveOpen: true),
        _ => body,
    };

    private static byte[] Compress(string coding, byte[] plain)
    {
        using var output = new MemoryStream();
        using (var coded = Coded(output, coding)) coded.Write(plain);
        return output.ToArray();
    }

    private static async Task WriteAsync(Stream body, string text)
    {
        await body.WriteAsync(Encoding.UTF8.GetBytes(text));
        await body.FlushAsync();
    }
}
