using System.Buffers;
using System.Text.Encodings.Web;
using System.Text.Json;

namespace McpRegistry.Mcp;

/// <summary>A JSON-RPC error of our own.</summary>
/// <param name="Code">The JSON-RPC code.</param>
/// <param name="Message">One sentence for people.</param>
internal sealed record RpcError(int Code, string Message)
{
    public const int ParseError = -32700;
    public const int InvalidRequest = -32600;
    public const int MethodNotFound = -32601;
    public const int InvalidParams = -32602;
    public const int InternalError = -32603;

    /// <summary>Of a session that is not there (any more), with HTTP 404: what the TypeScript SDK's servers say, and what clients look for before they begin anew.</summary>
    public const int SessionNotFound = -32001;
    public const int ResourceNotFoundLegacy = -32002;
    public const int HeaderMismatch = -32020;
    public const int MissingClientCapability = -32021;
    public const int UnsupportedVersion = -32022;

    private static readonly JsonWriterOptions Relaxed = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    /// <summary>Writes the members of <c>data</c>. Null: there is none.</summary>
    public Action<Utf8JsonWriter>? Data { get; init; }

    /// <summary>True when the request itself is malformed, which the modern era answers with HTTP 400 instead of 200.</summary>
    public bool IsBadRequest { get; init; }

    /// <summary>The HTTP status the modern era wants for an error code.</summary>
    public static int ModernStatus(int code) => code switch
    {
        MethodNotFound => StatusCodes.Status404NotFound,
        HeaderMismatch or MissingClientCapability or UnsupportedVersion or ParseError or InvalidRequest => StatusCodes.Status400BadRequest,
        _ => StatusCodes.Status200OK,
    };

    /// <summary>The <c>error</c> object.</summary>
    public ReadOnlyMemory<byte> ToJson()
    {
        var output = new ArrayBufferWriter<byte>(256);
        using var writer = new Utf8JsonWriter(output, Relaxed);
        writer.WriteStartObject();
        writer.WriteNumber("code"u8, Code);
        writer.WriteString("message"u8, Message);
        if (Data is not null)
        {
            writer.WriteStartObject("data"u8);
            Data(writer);
            writer.WriteEndObject();
        }
        writer.WriteEndObject();
        writer.Flush();
        return output.WrittenMemory;
    }
}
