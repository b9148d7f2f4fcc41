using System.Text;
using System.Text.Encodings.Web;
using System.Text.Json;

using McpRegistry.Core.Json;

namespace McpRegistry.Core.Upstream.PlainHttp;

/// <summary>Writes what a plain HTTP service answered as MCP results.</summary>
internal static class PlainResults
{
    private static readonly JsonWriterOptions Relaxed = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping, SkipValidation = true };

    /// <summary>A good answer: its text, and the object itself where it is one. Takes ownership of <paramref name="body"/>.</summary>
    public static UpstreamReply Called(PooledBytes body)
    {
        using (body) return WriteCall(ToText(body.Span), IsJsonObject(body.Span) ? body.Memory : default, isError: false);
    }

    /// <summary>The tool answered that it failed. Takes ownership of <paramref name="body"/>.</summary>
    public static UpstreamReply Failed(int status, PooledBytes body)
    {
        using (body)
        {
            var text = ToText(body.Span[..Math.Min(body.Length, MaxErrorBytes)]);
            return WriteCall(text.Length == 0 ? $"HTTP {status}" : $"HTTP {status}: {text}", default, isError: true);
        }
    }

    /// <summary>An answer to <c>tools/list</c>.</summary>
    public static UpstreamReply Listed(IReadOnlyList<PlainTool> tools) => Result(writer =>
    {
        writer.WriteStartArray("tools"u8);
        foreach (var tool in tools) WriteTool(writer, tool);
        writer.WriteEndArray();
    });

    /// <summary>An empty result.</summary>
    public static UpstreamReply Empty() => Result(static _ => { });

    /// <summary>A JSON-RPC error of our own.</summary>
    public static UpstreamReply Error(int code, string message)
    {
        var output = new PooledBytes(256);
        using (var writer = new Utf8JsonWriter(output, Relaxed))
        {
            writer.WriteStartObject();
            writer.WriteNumber("code"u8, code);
            writer.WriteString("message"u8, message);
            writer.WriteEndObject();
        }

        return UpstreamReply.Answered(output, new JsonRpcResponse(default, new ByteRange(0, output.Length), HasResultType: false, IsToolError: false));
    }

    private static UpstreamReply WriteCall(string text, ReadOnlyMemory<byte> structured, bool isError) => Result(
        writer =>
        {
            writer.WriteStartArray("content"u8);
            if (text.Length > 0)
            {
                writer.WriteStartObject();
                writer.WriteString("type"u8, "text"u8);
                writer.WriteString("text"u8, text);
                writer.WriteEndObject();
            }

            writer.WriteEndArray();
            if (!structured.IsEmpty)
            {
                writer.WritePropertyName("structuredContent"u8);
                writer.WriteRawValue(structured.Span, skipInputValidation: true);
            }

            if (isError) writer.WriteBoolean("isError"u8, true);
        },
        isError);

    private static void WriteTool(Utf8JsonWriter writer, PlainTool tool)
    {
        writer.WriteStartObject();
        writer.WriteString("name"u8, tool.Name);
        if (tool.Description is { } description) writer.WriteString("description"u8, description);
        writer.WritePropertyName("inputSchema"u8);
        tool.InputSchema.WriteTo(writer);
        if (tool.OutputSchema is { } output)
        {
            writer.WritePropertyName("outputSchema"u8);
            output.WriteTo(writer);
        }

        if (tool.Method == HttpMethod.Get)
        {
            writer.WriteStartObject("annotations"u8);
            writer.WriteBoolean("readOnlyHint"u8, true);
            writer.WriteEndObject();
        }

        writer.WriteEndObject();
    }

    private static UpstreamReply Result(Action<Utf8JsonWriter> write, bool isError = false)
    {
        var output = new PooledBytes();
        using (var writer = new Utf8JsonWriter(output, Relaxed))
        {
            writer.WriteStartObject();
            write(writer);
            writer.WriteEndObject();
        }

        return UpstreamReply.Answered(output, new JsonRpcResponse(new ByteRange(0, output.Length), default, HasResultType: false, isError));
    }

    // Broken UTF-8, also where a bound cut a character in two, is replaced and never passed on.
    private static string ToText(ReadOnlySpan<byte> bytes) => Encoding.UTF8.GetString(bytes);

    private static bool IsJsonObject(ReadOnlySpan<byte> bytes)
    {
        try
        {
            var reader = new Utf8JsonReader(bytes, new JsonReaderOptions { MaxDepth = MaxDepth });
            if (!reader.Read() || reader.TokenType != JsonTokenType.StartObject) return false;
            while (reader.Read()) { }
            return System.Text.Unicode.Utf8.IsValid(bytes);
        }
        catch (JsonException) { return false; }
    }

    private const int MaxErrorBytes = 4096;

    // The result is put two levels deeper into a message of JsonRpcMessage.MaxDepth.
    private const int MaxDepth = JsonRpcMessage.MaxDepth - 4;
}
