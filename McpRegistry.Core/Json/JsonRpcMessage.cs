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
    /// <summary>How deep what a client sends may be nested: 64, the default of System.Text.Json, by which arguments may be read later.</summary>
    public const int MaxDepth = 64;

    /// <summary>
    /// How deep what an upstream sends may be nested: 100,000. It is passed on and not understood, trees of pages or of programs are
    /// deep, and one item that is too deep must not hide the others of its list.
    /// </summary>
    public const int MaxUpstreamDepth = 100_000;

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

    /// <summary>Reads a message. A byte order mark before it is passed over; members that are null count as not there.</summary>
    /// <param name="bytes">The message.</param>
    /// <param name="maxDepth">How deep it may be nested: <see cref="MaxDepth"/> or, from an upstream, <see cref="MaxUpstreamDepth"/>.</param>
    /// <exception cref="MalformedJsonException">It is no JSON, no UTF-8 or nested too deep.</exception>
    /// <exception cref="JsonException">It is no JSON-RPC 2.0 message, or names something twice. The message of the exception may be shown.</exception>
    public static JsonRpcMessage Read(ReadOnlyMemory<byte> bytes, int maxDepth = MaxDepth) => ReadWhole(bytes, maxDepth, refusesTwins: false);

    /// <summary>
    /// Reads a message of a client: the same, but that no object in it may name a member twice, however deep or escaped. Whoever judges
    /// the arguments and whoever executes them must not read two different things.
    /// </summary>
    /// <inheritdoc cref="Read(ReadOnlyMemory{byte}, int)"/>
    public static JsonRpcMessage ReadOfClient(ReadOnlyMemory<byte> bytes) => ReadWhole(bytes, MaxDepth, refusesTwins: true);

    private static JsonRpcMessage ReadWhole(ReadOnlyMemory<byte> bytes, int maxDepth, bool refusesTwins)
    {
        var span = bytes.Span;
        if (!Utf8.IsValid(span)) throw new MalformedJsonException("The message is not UTF-8.");
        var scanner = new JsonScanner(span, StartOf(span), maxDepth, refusesTwins);
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

    /// <summary>The id of a message that <see cref="Read"/> refused, as it stands. Empty: it is no JSON, or has no id that can be given back.</summary>
    public static ReadOnlyMemory<byte> FindId(ReadOnlyMemory<byte> bytes)
    {
        var span = bytes.Span;
        if (!Utf8.IsValid(span)) return default;
        try
        {
            var scanner = new JsonScanner(span, StartOf(span), MaxUpstreamDepth);
            scanner.EnterObject();
            ByteRange id = default;
            var isFirst = true;
            while (scanner.TryReadName(ref isFirst, out var name, out var isEscaped))
            {
                var isId = JsonMembers.Text(name, isEscaped, span).SequenceEqual("id"u8);
                var type = scanner.PeekType();
                var value = scanner.SkipValue();
                if (!isId) continue;
                if (!id.IsEmpty || !IsId(type, value.Of(span))) return default;
                id = value;
            }

            scanner.End();
            return id.Of(bytes);
        }
        catch (JsonException) { return default; }
    }

    private void ReadEnvelope(ref JsonScanner scanner, ReadOnlySpan<byte> span)
    {
        Part seen = Part.None, given = Part.None;
        ByteRange result = default, error = default;
        bool hasResultType = false, isToolError = false, mayAsk = false;
        scanner.EnterObject();
        var isFirst = true;
        while (scanner.TryReadName(ref isFirst, out var name, out var isEscaped))
        {
            var part = PartOf(JsonMembers.Text(name, isEscaped, span));
            if ((seen & part) != 0) throw new JsonException("A name stands twice in the message.");
            seen |= part;
            var type = scanner.PeekType();
            // Languages that write every field of a record write "error": null beside a result, and so on.
            if (type != JsonTokenType.Null) given |= part;
            else if (part is Part.Method or Part.Params or Part.Error) part = Part.None;
            switch (part)
            {
                case Part.Params:
                    ReadParams(ref scanner, type, span);
                    break;
                case Part.Result:
                    var start = scanner.Position;
                    if (type == JsonTokenType.StartObject) ReadResult(ref scanner, span, out hasResultType, out isToolError, out mayAsk);
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
        if ((given & Part.Result) == 0 && (given & (Part.Method | Part.Error)) != 0) result = default;
        Classify(seen, given, result, error);
        Response = new JsonRpcResponse(result, error, hasResultType, isToolError) { MayAsk = mayAsk };
    }

    // An empty array is how languages write a map that they know nothing about.
    private void ReadParams(ref JsonScanner scanner, JsonTokenType type, ReadOnlySpan<byte> span)
    {
        if (type == JsonTokenType.StartObject) Params = RequestParams.Read(ref scanner, Bytes);
        else if (type != JsonTokenType.StartArray || !IsEmptyArray(scanner.SkipValue().Of(span))) throw new JsonException("params must be an object.");
    }

    private void TakeSmall(Part part, JsonTokenType type, ByteRange value, ReadOnlySpan<byte> span)
    {
        switch (part)
        {
            case Part.Version when type != JsonTokenType.String || !value.Of(span).SequenceEqual("\"2.0\""u8):
                throw new JsonException("jsonrpc must be \"2.0\".");
            case Part.Id when type != JsonTokenType.Null:
                if (!IsId(type, value.Of(span))) throw new JsonException("id must be a string or an integer.");
                Id = value.Of(Bytes);
                break;
            case Part.Method:
                if (type != JsonTokenType.String) throw new JsonException("method must be a string.");
                Method = KnownMethods.Intern(value.Of(span));
                break;
        }
    }

    private void Classify(Part seen, Part given, ByteRange result, ByteRange error)
    {
        if ((seen & Part.Version) == 0) throw new JsonException("jsonrpc is missing.");
        if ((given & Part.Method) != 0)
        {
            if ((given & (Part.Result | Part.Error)) != 0) throw new JsonException("A message is either a request or an answer.");
            var isNotification = (seen & Part.Id) == 0 || (Id.IsEmpty && Method.StartsWith("notifications/", StringComparison.Ordinal));
            if (!isNotification && Id.IsEmpty) throw new JsonException("The id of a request must not be null.");
            Kind = isNotification ? JsonRpcKind.Notification : JsonRpcKind.Request;
            return;
        }

        if (result.IsEmpty == error.IsEmpty) throw new JsonException("A message has a method, a result or an error.");
        if ((seen & Part.Id) == 0 && error.IsEmpty) throw new JsonException("id is missing.");
        Kind = JsonRpcKind.Response;
    }

    // Only the result's own members are looked at; their values are passed over.
    private static void ReadResult(ref JsonScanner scanner, ReadOnlySpan<byte> span, out bool hasResultType, out bool isToolError, out bool mayAsk)
    {
        hasResultType = isToolError = mayAsk = false;
        scanner.EnterObject();
        var isFirst = true;
        while (scanner.TryReadName(ref isFirst, out var name, out var isEscaped))
        {
            var text = JsonMembers.Text(name, isEscaped, span);
            var isType = text.SequenceEqual("resultType"u8);
            if (text.SequenceEqual("isError"u8)) isToolError = scanner.PeekType() == JsonTokenType.True;
            var value = scanner.SkipValue();
            if (!isType) continue;
            hasResultType = true;
            mayAsk |= !value.Of(span).SequenceEqual("\"complete\""u8);
        }
    }

    private static bool IsId(JsonTokenType type, ReadOnlySpan<byte> value) =>
        type == JsonTokenType.String || (type == JsonTokenType.Number && JsonRpcId.TryReadNumber(value, out _));

    private static bool IsEmptyArray(ReadOnlySpan<byte> array) => !array[1..^1].ContainsAnyExcept(" \t\r\n"u8);

    /// <summary>Where a message begins: after its byte order mark.</summary>
    internal static int StartOf(ReadOnlySpan<byte> message) => message.StartsWith(ByteOrderMark) ? ByteOrderMark.Length : 0;

    private static ReadOnlySpan<byte> ByteOrderMark => [0xef, 0xbb, 0xbf];

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
