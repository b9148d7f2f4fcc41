using System.Globalization;
using System.Text;
using System.Text.Encodings.Web;
using System.Text.Json;

using McpRegistry.Core.Json;

namespace McpRegistry.Core.Upstream.PlainHttp;

/// <summary>Writes what a plain HTTP service answered as MCP results.</summary>
internal static class PlainResults
{
    private static readonly JsonWriterOptions Relaxed = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping, SkipValidation = true };

    /// <summary>A good answer: its text, and the object itself where it is one; pictures, sounds and other bytes as what they are. Takes ownership of the body.</summary>
    public static UpstreamReply Called(in PlainAnswer answer)
    {
        using var body = answer.Http.Body!;
        // What was made and where is all that a service says that answers "created" and no more.
        if (body.Length == 0) return WriteCall(answer.Location is { } location ? $"HTTP {answer.Http.Status}: {location}" : "", default, isError: false);
        var text = AnswerText.Of(answer);
        if (text.Text is null) return Result(writer => WriteBytes(writer, text.MediaType, body.Span));
        var json = text.IsPlainUtf8 ? body.Memory : Encoding.UTF8.GetBytes(text.Text);
        return WriteCall(text.Text, IsJsonObject(json.Span) ? json : default, isError: false);
    }

    /// <summary>The tool answered that it failed. Takes ownership of the body.</summary>
    public static UpstreamReply Failed(in PlainAnswer answer)
    {
        var wait = answer.Http.RetryAfter is { } time ? string.Create(CultureInfo.InvariantCulture, $" (try again in {Math.Ceiling(time.TotalSeconds)} s)") : "";
        return Said(answer, $"HTTP {answer.Http.Status}{wait}", isError: true);
    }

    /// <summary>A sentence of our own, and behind it what the service said. Takes ownership of the body.</summary>
    public static UpstreamReply Said(in PlainAnswer answer, string sentence, bool isError)
    {
        using var body = answer.Http.Body!;
        var text = body.Length == 0 ? "" : AnswerText.Of(answer).Text ?? $"{body.Length} bytes that are no text";
        return WriteCall(text.Length == 0 ? sentence : $"{sentence}: {Bounded(text)}", default, isError);
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

    private static void WriteBytes(Utf8JsonWriter writer, string? mediaType, ReadOnlySpan<byte> bytes)
    {
        var kind = mediaType?.Split('/')[0];
        writer.WriteStartArray("content"u8);
        writer.WriteStartObject();
        if (kind is "image" or "audio")
        {
            writer.WriteString("type"u8, kind);
            writer.WriteBase64String("data"u8, bytes);
            writer.WriteString("mimeType"u8, mediaType);
        }
        else
        {
            writer.WriteString("type"u8, "resource"u8);
            writer.WriteStartObject("resource"u8);
            // It has no address of its own; the name only has to be a URI.
            writer.WriteString("uri"u8, "answer:body"u8);
            writer.WriteString("mimeType"u8, mediaType ?? "application/octet-stream");
            writer.WriteBase64String("blob"u8, bytes);
            writer.WriteEndObject();
        }

        writer.WriteEndObject();
        writer.WriteEndArray();
    }

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

        if (tool.Method == HttpMethod.Get || tool.Method == HttpMethod.Head)
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

    // Cut between characters.
    private static string Bounded(string text)
    {
        if (text.Length <= MaxErrorLength) return text;
        return text[..(char.IsHighSurrogate(text[MaxErrorLength - 1]) ? MaxErrorLength - 1 : MaxErrorLength)];
    }

    private static bool IsJsonObject(ReadOnlySpan<byte> bytes)
    {
        try
        {
            var reader = new Utf8JsonReader(bytes, new JsonReaderOptions { MaxDepth = MaxDepth });
            if (!reader.Read() || reader.TokenType != JsonTokenType.StartObject) return false;
            while (reader.Read()) { }
            return true;
        }
        catch (JsonException) { return false; }
    }

    private const int MaxErrorLength = 2048;

    // The result is put two levels deeper into a message of JsonRpcMessage.MaxDepth.
    private const int MaxDepth = JsonRpcMessage.MaxDepth - 4;
}
