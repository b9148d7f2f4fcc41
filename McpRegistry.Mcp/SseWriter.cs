using System.Buffers;

using Microsoft.AspNetCore.Http.Features;

namespace McpRegistry.Mcp;

/// <summary>Server-sent events, as MCP frames its messages.</summary>
internal static class SseWriter
{
    /// <summary>Starts a response that is a stream of events.</summary>
    public static Task StartAsync(HttpResponse response)
    {
        response.ContentType = "text/event-stream";
        response.Headers.CacheControl = "no-cache, no-store";
        // Reverse proxies would otherwise hold events back.
        response.Headers["X-Accel-Buffering"] = "no";
        response.HttpContext.Features.Get<IHttpResponseBodyFeature>()?.DisableBuffering();
        return response.StartAsync();
    }

    /// <summary>Writes one message; the caller flushes.</summary>
    public static void WriteMessage(IBufferWriter<byte> output, ReadOnlySpan<byte> json)
    {
        output.Write("event: message\n"u8);
        // A line break may stand between two JSON tokens (never in a string); every line needs its own field.
        while (json.IndexOfAny((byte)'\n', (byte)'\r') is var end and >= 0)
        {
            WriteLine(output, json[..end]);
            json = json[(end + 1)..];
        }
        WriteLine(output, json);
        output.Write("\n"u8);
    }

    /// <summary>Writes a comment that only keeps the connection from looking dead.</summary>
    public static void WriteKeepAlive(IBufferWriter<byte> output) => output.Write(":\n\n"u8);

    private static void WriteLine(IBufferWriter<byte> output, ReadOnlySpan<byte> line)
    {
        output.Write("data: "u8);
        output.Write(line);
        output.Write("\n"u8);
    }
}
