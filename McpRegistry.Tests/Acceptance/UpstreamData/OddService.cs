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
using McpRegistry.Mcp;
using McpRegistry.Tests.Fakes;

using Microsoft.AspNetCore.Http;

namespace McpRegistry.Tests.Acceptance.UpstreamData;

/// <summary>Takes what a broken server sends through the code that reads it, in this process.</summary>
internal sealed class OddService : IDisposable
{
    private readonly FakeInstanceClient _client = new() { Connection = FakeInstanceClient.Legacy("""{"tools":{},"prompts":{},"resources":{}}""") };
    private readonly InstanceLoad _load = new(1, 0);
    private readonly InstanceState _instance;

    public OddService() => _instance = new InstanceState("odd", "1", null, _client, new InstanceHealth(new HealthSettings(), TimeProvider.System, new Random(1)), _load);

    public void Dispose() => _load.Dispose();

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
        // Another kind of list that cannot be read stays as it was; only without any tools nothing was read at all.
        if (kind != CatalogKind.Tool) _client.Answer = WithNoTools(_client.Answer);
        return await new CatalogReader(TimeProvider.System).ReadAsync(_instance, before, CancellationToken.None);
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
            AssertFrame(good.Result.Span);
        }

        using var bad = AnswerOf("error", error);
        if (bad.IsError)
        {
            _ = JsonRpcErrors.CodeOf(bad.Error.Span);
            _ = RelayedFailure.MaybeExecuted(bad.Error.Span);
            _ = ReplicaError.Read(CallOutcome.Failed(ErrorCode.UpstreamFailed, "odd"), bad.Error);
            AssertFrame(bad.Error.Span);
        }

        using var plain = PlainResults.Called(Buffer(result));
        AssertFrame(plain.Result.Span);
        using var failed = PlainResults.Failed(500, Buffer(result));
        AssertFrame(failed.Result.Span);
    }

    /// <summary>What becomes of a message that nobody asked for.</summary>
    public static async Task HearAsync(byte[] message)
    {
        _ = MessageSalvage.TryReadId(message);
        JsonRpcMessage read;
        try { read = JsonRpcMessage.Read(message); }
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
        if (OpenApiTools.Read(document) is not { } tools) return null;
        using var listed = PlainResults.Listed(tools);
        return listed.Result.ToArray();
    }

    private static Func<UpstreamRequest, CancellationToken, ValueTask<UpstreamReply>> WithNoTools(Func<UpstreamRequest, CancellationToken, ValueTask<UpstreamReply>> answer) =>
        (request, cancellationToken) => request.Method == "tools/list" ? ValueTask.FromResult(FakeInstanceClient.Result("""{"tools":[]}""")) : answer(request, cancellationToken);

    // As the channels do it: what is no JSON-RPC is lost, all else is an answer.
    private static UpstreamReply AnswerOf(string member, byte[] value)
    {
        var bytes = Buffer([.. "{\"jsonrpc\":\"2.0\",\"id\":1,\""u8, .. Encoding.UTF8.GetBytes(member), .. "\":"u8, .. value, (byte)'}']);
        try { return UpstreamReply.Answered(bytes, JsonRpcMessage.Read(bytes.Memory).Response); }
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
