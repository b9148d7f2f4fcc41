using System.Globalization;
using System.Text.Json;
using System.Text.Unicode;

using McpRegistry.Core.Json;

namespace McpRegistry.Api.Calls;

/// <summary>
/// <c>{"tool":"…","args":{…}}</c> as places in the buffer it came in. One walk over all of it finds malformed JSON, excess
/// depth, unknown and duplicate members before anything is sent.
/// </summary>
internal readonly record struct CallBody(ByteRange Tool, ByteRange Arguments, TimeSpan? Timeout, bool ClientSaysSafe)
{
    private static readonly JsonReaderOptions Strict = new() { MaxDepth = JsonRpcMessage.MaxDepth };

    /// <summary>Reads the body of <c>…/call</c>.</summary>
    /// <exception cref="CallBodyException">It is not what the route takes.</exception>
    public static CallBody Read(ReadOnlySpan<byte> json)
    {
        var reader = Start(json, out _);
        ByteRange tool = default, arguments = default;
        TimeSpan? timeout = null;
        var retry = false;
        var seen = Member.None;
        while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
        {
            var member = MemberOf(ref reader);
            if ((seen & member) != 0) throw new CallBodyException(NameOf(member), "It is given twice.");
            seen |= member;
            reader.Read();
            var start = (int)reader.TokenStartIndex;
            switch (member)
            {
                case Member.Tool when reader.TokenType == JsonTokenType.String:
                    if (reader.ValueIsEscaped) RefuseHalfSurrogates(ref reader);
                    tool = new ByteRange(start, (int)reader.BytesConsumed - start);
                    break;
                case Member.Args when reader.TokenType == JsonTokenType.StartObject:
                    reader.Skip();
                    arguments = new ByteRange(start, (int)reader.BytesConsumed - start);
                    break;
                case Member.Args when reader.TokenType == JsonTokenType.Null:
                    break;
                case Member.Timeout when reader.TokenType == JsonTokenType.Number && reader.TryGetInt32(out var milliseconds) && milliseconds > 0:
                    timeout = TimeSpan.FromMilliseconds(milliseconds);
                    break;
                case Member.Retry when reader.TokenType == JsonTokenType.String && reader.ValueTextEquals("safe"u8):
                    retry = true;
                    break;
                default:
                    throw new CallBodyException(NameOf(member), $"It must be {ExpectedOf(member)}.");
            }
        }

        if (reader.Read()) throw new CallBodyException(null, "Something follows the object.");
        if (tool.IsEmpty) throw new CallBodyException("tool", "It is missing.");
        return new CallBody(tool, arguments, timeout, retry);
    }

    /// <summary>Reads the body of <c>…/tools/{tool}</c>: the arguments themselves, or nothing at all.</summary>
    /// <exception cref="CallBodyException">It is not what the route takes.</exception>
    public static ByteRange ReadArguments(ReadOnlySpan<byte> json)
    {
        if (json.IsEmpty) return default;
        var reader = Start(json, out var start);
        reader.Skip();
        var arguments = new ByteRange(start, (int)reader.BytesConsumed - start);
        return reader.Read() ? throw new CallBodyException(null, "Something follows the object.") : arguments;
    }

    /// <summary>The longest wait a caller may ask for by header, shortened by what the body says.</summary>
    public static TimeSpan? ShorterOf(TimeSpan? fromBody, string? header)
    {
        if (header is null) return fromBody;
        if (!int.TryParse(header, NumberStyles.None, CultureInfo.InvariantCulture, out var milliseconds) || milliseconds == 0)
            throw new CallBodyException("X-Timeout-Ms", "It must be a whole number of milliseconds above 0.");
        var wait = TimeSpan.FromMilliseconds(milliseconds);
        return fromBody < wait ? fromBody : wait;
    }

    private static Utf8JsonReader Start(ReadOnlySpan<byte> json, out int start)
    {
        if (!Utf8.IsValid(json)) throw new CallBodyException(null, "The body is not UTF-8.");
        var reader = new Utf8JsonReader(json, Strict);
        reader.Read();
        start = (int)reader.TokenStartIndex;
        return reader.TokenType == JsonTokenType.StartObject ? reader : throw new CallBodyException(null, "The body must be a JSON object.");
    }

    // "\ud800" is well-formed JSON, but no text; whoever decodes it later would throw.
    private static void RefuseHalfSurrogates(ref Utf8JsonReader reader)
    {
        try { _ = reader.GetString(); }
        catch (InvalidOperationException) { throw new CallBodyException("tool", "It is not Unicode."); }
    }

    private static Member MemberOf(ref Utf8JsonReader reader) =>
        reader.ValueTextEquals("tool"u8) ? Member.Tool
        : reader.ValueTextEquals("args"u8) || reader.ValueTextEquals("arguments"u8) ? Member.Args
        : reader.ValueTextEquals("timeout_ms"u8) ? Member.Timeout
        : reader.ValueTextEquals("retry"u8) ? Member.Retry
        // A misspelt "args" must not become a call without arguments.
        : throw new CallBodyException(null, "The object may have tool, args, timeout_ms and retry, nothing else.");

    private static string NameOf(Member member) => member switch
    {
        Member.Tool => "tool",
        Member.Args => "args",
        Member.Timeout => "timeout_ms",
        _ => "retry",
    };

    private static string ExpectedOf(Member member) => member switch
    {
        Member.Tool => "a text",
        Member.Args => "an object",
        Member.Timeout => "a whole number of milliseconds above 0",
        _ => "\"safe\"",
    };

    [Flags]
    private enum Member
    {
        None = 0,
        Tool = 1,
        Args = 2,
        Timeout = 4,
        Retry = 8,
    }
}

/// <summary>The body of a call is not what the route takes; says which field, in our own words.</summary>
internal sealed class CallBodyException(string? field, string message) : Exception(message)
{
    /// <summary>The field, or null for the body as a whole.</summary>
    public string? Field { get; } = field;
}
