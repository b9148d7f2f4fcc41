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
        output.Write(Start);
        WriteData(output, json);
        output.Write(End.Span);
    }

    /// <summary>What stands before the data of a message.</summary>
    public static ReadOnlySpan<byte> Start => "event: message\ndata: "u8;

    /// <summary>What ends it.</summary>
    public static ReadOnlyMemory<byte> End { get; } = "\n\n"u8.ToArray();

    /// <summary>Writes a part of the data. A line break may stand between two JSON tokens (never in a string); every line needs its own field.</summary>
    public static void WriteData(IBufferWriter<byte> output, ReadOnlySpan<byte> json)
    {
        while (json.IndexOfAny((byte)'\n', (byte)'\r') is var end and >= 0)
        {
            output.Write(json[..end]);
            output.Write("\ndata: "u8);
            json = json[(end + 1)..];
        }

        output.Write(json);
    }

    /// <summary>Writes a comment that only keeps the connection from looking dead.</summary>
    public static void WriteKeepAlive(IBufferWriter<byte> output) => output.Write(":\n\n"u8);
}
