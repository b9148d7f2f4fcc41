using System.Buffers.Text;

using McpRegistry.Core.Json;

namespace McpRegistry.Core.Upstream.Channels;

/// <summary>Writes the messages we send.</summary>
internal static class MessageComposer
{
    public static PooledBytes Request(long id, UpstreamRequest request, in HopMeta hop)
    {
        var output = new PooledBytes();
        output.Write("{\"jsonrpc\":\"2.0\",\"id\":"u8);
        WriteNumber(output, id);
        output.Write(",\"method\":"u8);
        output.Write(request.Method == "tools/call" ? "\"tools/call\""u8 : JsonText.Encode(request.Method));
        output.Write(",\"params\":"u8);
        request.Params.WriteTo(output, hop);
        output.Write("}"u8);
        return output;
    }

    public static PooledBytes Cancelled(long id)
    {
        var output = new PooledBytes(256);
        output.Write("{\"jsonrpc\":\"2.0\",\"method\":\"notifications/cancelled\",\"params\":{\"requestId\":"u8);
        WriteNumber(output, id);
        output.Write(",\"reason\":\"The caller gave up\"}}"u8);
        return output;
    }

    public static PooledBytes Notification(ReadOnlySpan<byte> method, bool hasParams = false)
    {
        var output = new PooledBytes(256);
        output.Write("{\"jsonrpc\":\"2.0\",\"method\":\""u8);
        output.Write(method);
        output.Write(hasParams ? "\",\"params\":{}}"u8 : "\"}"u8);
        return output;
    }

    public static PooledBytes TracedNotification(ReadOnlySpan<byte> method, string traceParent)
    {
        var output = new PooledBytes(256);
        output.Write("{\"jsonrpc\":\"2.0\",\"method\":\""u8);
        output.Write(method);
        output.Write("\",\"params\":{\"_meta\":{\"traceparent\":"u8);
        output.Write(JsonText.Encode(traceParent));
        output.Write("}}}"u8);
        return output;
    }

    /// <summary>The answer to a request of the server: we declare no capability, so there is only <c>ping</c> to answer well.</summary>
    public static PooledBytes AnswerTo(JsonRpcMessage request)
    {
        var output = new PooledBytes(256);
        output.Write("{\"jsonrpc\":\"2.0\",\"id\":"u8);
        output.Write(request.Id.Span);
        output.Write(request.Method == "ping"
            ? ",\"result\":{}}"u8
            : ",\"error\":{\"code\":-32601,\"message\":\"Method not found\"}}"u8);
        return output;
    }

    private static void WriteNumber(PooledBytes output, long number)
    {
        Utf8Formatter.TryFormat(number, output.GetSpan(20), out var written);
        output.Advance(written);
    }
}
