using System.Buffers;
using System.Buffers.Text;
using System.Text;

using McpRegistry.Core.Json;

namespace McpRegistry.Core.Upstream.Http;

/// <summary>The JSON-RPC of the call path; what is rare is <see cref="Channels.MessageComposer"/>'s.</summary>
internal static class JsonRpcText
{
    private static readonly SearchValues<char> NeedsNoEscape = SearchValues.Create("abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789/_.-");

    public static PooledBytes Request(long id, string method, RequestParams parameters, in HopMeta hop)
    {
        var output = new PooledBytes(parameters.Raw.Buffer.Length + EnvelopeRoom);
        output.Write("{\"jsonrpc\":\"2.0\",\"id\":"u8);
        WriteNumber(output, id);
        output.Write(",\"method\":"u8);
        WriteMethod(output, method);
        output.Write(",\"params\":"u8);
        parameters.WriteTo(output, hop);
        output.Write("}"u8);
        return output;
    }

    private static void WriteNumber(PooledBytes output, long number)
    {
        Utf8Formatter.TryFormat(number, output.GetSpan(20), out var length);
        output.Advance(length);
    }

    private static void WriteMethod(PooledBytes output, string method)
    {
        if (method.AsSpan().ContainsAnyExcept(NeedsNoEscape))
        {
            output.Write(JsonText.Encode(method));
            return;
        }

        output.Write("\""u8);
        output.Advance(Encoding.ASCII.GetBytes(method, output.GetSpan(method.Length)));
        output.Write("\""u8);
    }

    // Envelope, the modern era's _meta and trace context of an ordinary call fit without growing.
    private const int EnvelopeRoom = 512;
}
