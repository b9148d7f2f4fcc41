using System.Buffers.Text;
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
    /// <exception cref="MalformedJsonException">It is no JSON, no UTF-8 or nested too deep.</exception>
    /// <exception cref="JsonException">It is no JSON-RPC 2.0 message, or names something twice. The message of the exception may be shown.</exception>
    public static JsonRpcMessage Read(ReadOnlyMemory<byte> bytes)
    {
        var span = bytes.Span;
        if (!Utf8.IsValid(span)) throw new MalformedJsonException("The message is not UTF-8.");
        var scanner = new JsonScanner(span);
        var type = scanner.PeekType();
        if (type != JsonTokenType.StartObject)
        {
            scanner.SkipValue();
            scanner.End();
            throw new JsonException(type == JsonTokenType.StartArray ? "Batches are not supported." : "A JSON-RPC message is an object.");
        }

        var message = new JsonRpcMessage(bytes);
        message.ReadEnvelope(ref scanner, span);
        return message;
    }

    private void ReadEnvelope(ref JsonScanner scanner, ReadOnlySpan<byte> span)
    {
        var seen = Part.None;
        ByteRange result = default, error = default;
        bool hasResultType = false, isToolError = false;
        scanner.EnterObject();
        var isFirst = true;
        while (scanner.TryReadName(ref isFirst, out var name, out var isEscaped))
        {
            var part = PartOf(JsonMembers.Text(name, isEscaped, span));
            if ((seen & part) != 0) throw new JsonException("A name stands twice in the message.");
            seen |= part;
            var type = scanner.PeekType();
            switch (part)
            {
                case Part.Params:
                    if (type != JsonTokenType.StartObject) throw new JsonException("params must be an object.");
                    Params = RequestParams.Read(ref scanner, Bytes);
                    break;
                case Part.Result:
                    var start = scanner.Position;
                    if (type == JsonTokenType.StartObject) ReadResult(ref scanner, span, out hasResultType, out isToolError);
                    else scanner.SkipValue();
                    result = new ByteRange(start, scanner.Position - start);
                    break;
                case Part.Error:
                    if (type != JsonTokenType.StartObject) throw new JsonException("error must be an object.");
                    error = scanner.SkipValue();
                    break;
                default:
                    TakeSmall(part, type, scanner.SkipValue(), span);
                    break;
            }
        }

        scanner.End();
        Classify(seen, result, error);
        Response = new JsonRpcResponse(result, error, hasResultType, isToolError);
    }

    private void TakeSmall(Part part, JsonTokenType type, ByteRange value, ReadOnlySpan<byte> span)
    {
        switch (part)
        {
            case Part.Version when type != JsonTokenType.String || !value.Of(span).SequenceEqual("\"2.0\""u8):
                throw new JsonException("jsonrpc must be \"2.0\".");
            case Part.Id when type != JsonTokenType.Null:
                if (type != JsonTokenType.String && !IsInteger(type, value.Of(span))) throw new JsonException("id must be a string or an integer.");
                Id = value.Of(Bytes);
                break;
            case Part.Method:
                if (type != JsonTokenType.String) throw new JsonException("method must be a string.");
                Method = KnownMethods.Intern(value.Of(span));
                break;
        }
    }

    private void Classify(Part seen, ByteRange result, ByteRange error)
    {
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
    }

    // Only the result's own members are looked at; their values are passed over.
    private static void ReadResult(ref JsonScanner scanner, ReadOnlySpan<byte> span, out bool hasResultType, out bool isToolError)
    {
        hasResultType = isToolError = false;
        scanner.EnterObject();
        var isFirst = true;
        while (scanner.TryReadName(ref isFirst, out var name, out var isEscaped))
        {
            var text = JsonMembers.Text(name, isEscaped, span);
            hasResultType |= text.SequenceEqual("resultType"u8);
            if (text.SequenceEqual("isError"u8)) isToolError = scanner.PeekType() == JsonTokenType.True;
            scanner.SkipValue();
        }
    }

    private static bool IsInteger(JsonTokenType type, ReadOnlySpan<byte> value) =>
        type == JsonTokenType.Number && Utf8Parser.TryParse(value, out long _, out var consumed) && consumed == value.Length;

    private static Part PartOf(ReadOnlySpan<byte> name) =>
        name.SequenceEqual("jsonrpc"u8) ? Part.Version
        : name.SequenceEqual("id"u8) ? Part.Id
        : name.SequenceEqual("method"u8) ? Part.Method
        : name.SequenceEqual("params"u8) ? Part.Params
        : name.SequenceEqual("result"u8) ? Part.Result
        : name.SequenceEqual("error"u8) ? Part.Error
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
