using System.Text.Json;
using System.Text.Unicode;

namespace McpRegistry.Core.Json;

/// <summary>What a message is.</summary>
public enum JsonRpcKind
{
    /// <summary>Wants an answer.</summary>
    Request,

    /// <summary>Wants none.</summary>
    Notification,

    /// <summary>Is an answer.</summary>
    Response,
}

/// <summary>
/// One JSON-RPC message, read in one walk over its bytes: the envelope is understood, arguments and results are only
/// passed over (and found well formed). No document is built.
/// </summary>
public sealed class JsonRpcMessage
{
    private static readonly JsonReaderOptions Strict = new() { MaxDepth = MaxDepth, CommentHandling = JsonCommentHandling.Disallow };

    /// <summary>How deep a message may be nested: 64, the default of System.Text.Json.</summary>
    public const int MaxDepth = 64;

    private JsonRpcMessage(ReadOnlyMemory<byte> bytes) => Bytes = bytes;

    /// <summary>The bytes that were read.</summary>
    public ReadOnlyMemory<byte> Bytes { get; }

    /// <summary>What it is.</summary>
    public JsonRpcKind Kind { get; private set; }

    /// <summary>The method; empty in a response.</summary>
    public string Method { get; private set; } = "";

    /// <summary>The id as it stands in the message, quotes included; empty in a notification. Null in a response that could not name one.</summary>
    public ReadOnlyMemory<byte> Id { get; private set; }

    /// <summary>The <c>params</c>; empty ones when there are none.</summary>
    public RequestParams Params { get; private set; } = RequestParams.Empty;

    /// <summary>The parts of a response.</summary>
    public JsonRpcResponse Response { get; private set; }

    /// <summary>Reads a message.</summary>
    /// <exception cref="JsonException">It is no JSON, too deep, no JSON-RPC 2.0 object, or names something twice. The message of the exception may be shown.</exception>
    public static JsonRpcMessage Read(ReadOnlyMemory<byte> bytes)
    {
        var span = bytes.Span;
        if (!Utf8.IsValid(span)) throw new JsonException("The message is not UTF-8.");
        var reader = new Utf8JsonReader(span, Strict);
        reader.Read();
        if (reader.TokenType == JsonTokenType.StartArray) throw new JsonException("Batches are not supported.");
        if (reader.TokenType != JsonTokenType.StartObject) throw new JsonException("A JSON-RPC message is an object.");

        var message = new JsonRpcMessage(bytes);
        message.ReadEnvelope(ref reader);
        if (reader.Read()) throw new JsonException("Something follows the message.");
        return message;
    }

    private void ReadEnvelope(ref Utf8JsonReader reader)
    {
        var seen = Part.None;
        ByteRange result = default, error = default;
        bool hasResultType = false, isToolError = false;
        while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
        {
            var part = PartOf(ref reader);
            if (part != Part.None && (seen & part) != 0) throw new JsonException("A name stands twice in the message.");
            seen |= part;
            reader.Read();
            var start = (int)reader.TokenStartIndex;
            switch (part)
            {
                case Part.Version:
                    if (reader.TokenType != JsonTokenType.String || !reader.ValueTextEquals("2.0"u8)) throw new JsonException("jsonrpc must be \"2.0\".");
                    break;
                case Part.Id:
                    Id = ReadId(ref reader, start);
                    break;
                case Part.Method:
                    if (reader.TokenType != JsonTokenType.String) throw new JsonException("method must be a string.");
                    Method = KnownMethods.Intern(ref reader);
                    break;
                case Part.Params:
                    if (reader.TokenType != JsonTokenType.StartObject) throw new JsonException("params must be an object.");
                    Params = RequestParams.Read(ref reader, Bytes);
                    break;
                case Part.Result:
                    if (reader.TokenType == JsonTokenType.StartObject) ReadResult(ref reader, out hasResultType, out isToolError);
                    else reader.Skip();
                    result = new ByteRange(start, (int)reader.BytesConsumed - start);
                    break;
                case Part.Error:
                    if (reader.TokenType != JsonTokenType.StartObject) throw new JsonException("error must be an object.");
                    reader.Skip();
                    error = new ByteRange(start, (int)reader.BytesConsumed - start);
                    break;
                default:
                    reader.Skip();
                    break;
            }
        }

        if ((seen & Part.Version) == 0) throw new JsonException("jsonrpc is missing.");
        if ((seen & Part.Method) != 0)
        {
            if ((seen & (Part.Result | Part.Error)) != 0) throw new JsonException("A message is either a request or an answer.");
            if ((seen & Part.Id) != 0 && Id.IsEmpty) throw new JsonException("The id of a request must not be null.");
            Kind = (seen & Part.Id) != 0 ? JsonRpcKind.Request : JsonRpcKind.Notification;
            return;
        }

        if (result.IsEmpty == error.IsEmpty) throw new JsonException("A message has a method, a result or an error.");
        if ((seen & Part.Id) == 0 && error.IsEmpty) throw new JsonException("id is missing.");
        Kind = JsonRpcKind.Response;
        Response = new JsonRpcResponse(result, error, hasResultType, isToolError);
    }

    private ReadOnlyMemory<byte> ReadId(ref Utf8JsonReader reader, int start) => reader.TokenType switch
    {
        JsonTokenType.String => Bytes.Slice(start, (int)reader.BytesConsumed - start),
        JsonTokenType.Number when reader.TryGetInt64(out _) => Bytes.Slice(start, (int)reader.BytesConsumed - start),
        JsonTokenType.Null => default,
        _ => throw new JsonException("id must be a string or an integer."),
    };

    // Only the result's own members are looked at; their values are passed over.
    private static void ReadResult(ref Utf8JsonReader reader, out bool hasResultType, out bool isToolError)
    {
        hasResultType = isToolError = false;
        while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
        {
            var isError = reader.ValueTextEquals("isError"u8);
            hasResultType |= reader.ValueTextEquals("resultType"u8);
            reader.Read();
            if (isError) isToolError = reader.TokenType == JsonTokenType.True;
            reader.Skip();
        }
    }

    private static Part PartOf(ref Utf8JsonReader reader) =>
        reader.ValueTextEquals("jsonrpc"u8) ? Part.Version
        : reader.ValueTextEquals("id"u8) ? Part.Id
        : reader.ValueTextEquals("method"u8) ? Part.Method
        : reader.ValueTextEquals("params"u8) ? Part.Params
        : reader.ValueTextEquals("result"u8) ? Part.Result
        : reader.ValueTextEquals("error"u8) ? Part.Error
        : Part.None;

    [Flags]
    private enum Part
    {
        None = 0,
        Version = 1,
        Id = 2,
        Method = 4,
        Params = 8,
        Result = 16,
        Error = 32,
    }
}
