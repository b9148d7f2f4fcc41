using System.Text;
using System.Text.Json;

using McpRegistry.Api.Calls;
using McpRegistry.Core.Calls;
using McpRegistry.Core.Catalog;
using McpRegistry.Core.Health;
using McpRegistry.Core.Json;
using McpRegistry.Core.Registration;
using McpRegistry.Core.State;
using McpRegistry.Core.Upstream;
using McpRegistry.Core.Upstream.Channels;
using McpRegistry.Core.Upstream.Http;
using McpRegistry.Core.Upstream.PlainHttp;
using McpRegistry.Core.Upstream.PlainHttp.OpenApi;
using McpRegistry.Core.Upstream.Stdio;
using McpRegistry.Mcp;
using McpRegistry.Mcp.Resources;
using McpRegistry.Tests.Fakes;

using Microsoft.AspNetCore.Http;

namespace McpRegistry.Tests.Acceptance.UpstreamData;

/// <summary>Takes what a broken server sends through the code that reads it, in this process.</summary>
internal sealed class OddService
{
    private readonly FakeInstanceClient _client = new() { Connection = FakeInstanceClient.Legacy("""{"tools":{},"prompts":{},"resources":{}}""") };
    private readonly InstanceLoad _load = new(1, 0);
    private readonly InstanceState _instance;

    private static readonly ListLimits Limits = new(TimeSpan.FromMinutes(1), TimeSpan.FromMinutes(5));
    private static readonly PlainAddress Address = new(new Uri("http://127.0.0.1:1/"));

    public OddService() => _instance = new InstanceState("odd", "1", null, _client, new InstanceHealth(new HealthSettings(), TimeProvider.System, new Random(1)), _load);

    /// <summary>Reads one list: a page, and at most one more that is empty. Null: it could not be read.</summary>
    public async Task<ServiceCatalog?> ReadAsync(byte[] page, CatalogKind kind, ServiceCatalog before)
    {
        var method = CatalogListShape.Of(kind).Method;
        var isFirst = true;
        _client.Answer = (request, _) =>
        {
            if (request.Method != method || !isFirst) return ValueTask.FromResult(FakeInstanceClient.Error(-32601));
            isFirst = false;
            return ValueTask.FromResult(AnswerOf("result", page));
        };
        var read = await new CatalogReader(TimeProvider.System).ReadAsync(_instance, kind, Limits, CancellationToken.None);
        return read.Failure is null ? before.With(kind, read.Entries, read.Problems) : null;
    }

    /// <summary>What a handshake makes of an answer. Null: none.</summary>
    public static InstanceConnection? Shake(byte[] result, byte[] error)
    {
        using var good = AnswerOf("result", result);
        using var bad = AnswerOf("error", error);
        _ = HandshakeResults.OfferedInstead(bad);
        return HandshakeResults.Initialized(good) ?? HandshakeResults.Discovered(good);
    }

    /// <summary>What both faces ask of an answer to a call before they pass it on.</summary>
    public static void Pass(byte[] result, byte[] error)
    {
        using var good = AnswerOf("result", result);
        if (good.Outcome == UpstreamOutcome.Answered)
        {
            _ = ResultType.IsInputRequired(good.Result.Span);
            _ = LinkReader.Read(good.Result.Span);
            AssertFrame(good.Result.Span);
        }

        using var bad = AnswerOf("error", error);
        if (bad.IsError)
        {
            _ = JsonRpcErrors.CodeOf(bad.Error.Span);
            _ = RelayedFailure.MaybeExecuted(bad.Error.Span);
            _ = InitializeRequest.OlderOffered(bad.Error);
            _ = ReplicaError.Read(CallOutcome.Failed(ErrorCode.UpstreamFailed, "odd"), bad.Error);
            AssertFrame(bad.Error.Span);
        }

        using var plain = PlainResults.Called(Answered(200, result));
        AssertFrame(plain.Result.Span);
        using var failed = PlainResults.Failed(Answered(500, result));
        AssertFrame(failed.Result.Span);
    }

    /// <summary>What becomes of a message that nobody asked for.</summary>
    public static async Task HearAsync(byte[] message)
    {
        _ = MessageSalvage.TryReadId(message);
        _ = OversizeLine.IsNoAnswer(message);
        _ = AnswerReader.Read(message, 7);
        JsonRpcMessage read;
        try { read = JsonRpcMessage.Read(message, JsonRpcMessage.MaxUpstreamDepth); }
        catch (JsonException) { return; }
        _ = LogMessage.RankOf(message);
        var context = new DefaultHttpContext();
        context.Response.Body = new MemoryStream();
        using var stream = new ResponseStream(context.Response, "1"u8.ToArray(), 0, new McpOptions(), TimeProvider.System);
        await stream.NotifiedAsync(read.Method, message);
        await stream.StopAsync();
    }

    /// <summary>The list of tools that an OpenAPI document comes to. Null: it is none.</summary>
    public static byte[]? ToolsOf(byte[] document)
    {
        var read = OpenApiTools.Read(document, Address, new ServiceConfig());
        if (read.Problem is not null) return null;
        using var listed = PlainResults.Listed(read.Tools);
        return listed.Result.ToArray();
    }

    private static PlainAnswer Answered(int status, byte[] body) => new(new HttpAnswer { Status = status, Body = Buffer(body) }) { ContentType = "application/json" };

    private static UpstreamReply AnswerOf(string member, byte[] value) =>
        Take(Buffer([.. "{\"jsonrpc\":\"2.0\",\"id\":1,\""u8, .. Encoding.UTF8.GetBytes(member), .. "\":"u8, .. value, (byte)'}']));

    // As the channels do it: what is no UTF-8 is put right, what is no JSON-RPC is lost, all else is an answer.
    private static UpstreamReply Take(PooledBytes bytes)
    {
        try { return UpstreamReply.Answered(bytes, JsonRpcMessage.Read(bytes.Memory, JsonRpcMessage.MaxUpstreamDepth).Response); }
        catch (MalformedJsonException) when (bytes.TryMendText()) { return Take(bytes); }
        catch (JsonException)
        {
            bytes.Dispose();
            return UpstreamReply.Lost(UpstreamOutcome.ProtocolError, "the answer is no JSON-RPC");
        }
    }

    private static PooledBytes Buffer(ReadOnlySpan<byte> bytes)
    {
        var buffer = new PooledBytes();
        buffer.Write(bytes);
        return buffer;
    }

    // Any client can take the message apart, on one line of an event stream or in several.
    private static void AssertFrame(ReadOnlySpan<byte> value)
    {
        var output = new System.Buffers.ArrayBufferWriter<byte>();
        SseWriter.WriteMessage(output, [.. "{\"jsonrpc\":\"2.0\",\"id\":1,\"result\":"u8, .. value, (byte)'}']);
        var text = Encoding.UTF8.GetString(output.WrittenSpan);
        var data = string.Join('\n', text.Split('\n').Where(line => line.StartsWith("data: ", StringComparison.Ordinal)).Select(line => line["data: ".Length..]));
        Assert.Equal(1, JsonElement.Parse(data, new JsonDocumentOptions { MaxDepth = int.MaxValue }).GetProperty("id").GetInt32());
    }
}
