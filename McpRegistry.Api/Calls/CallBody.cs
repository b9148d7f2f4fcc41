using System.Buffers.Text;
using System.Globalization;
using System.Text.Json;
using System.Text.Unicode;

using McpRegistry.Core.Json;

namespace McpRegistry.Api.Calls;

/// <summary>
/// <c>{"tool":"…","args":{…}}</c> as places in the buffer it came in. One walk over all of it finds malformed JSON, excess
/// depth, unknown and duplicate members, in the arguments as well, before anything is sent.
/// </summary>
internal readonly record struct CallBody(ByteRange Tool, ByteRange Arguments, TimeSpan? Timeout, bool ClientSaysSafe)
{
    /// <summary>Reads the body of <c>…/call</c>.</summary>
    /// <exception cref="CallBodyException">It is not what the route takes.</exception>
    public static CallBody Read(ReadOnlySpan<byte> json)
    {
        var scanner = Start(json);
        ByteRange tool = default, arguments = default;
        TimeSpan? timeout = null;
        var retry = false;
        var seen = Member.None;
        var isFirst = true;
        scanner.EnterObject();
        while (scanner.TryReadName(ref isFirst, out var name, out _))
        {
            var member = MemberOf(name.Of(json));
            if ((seen & member) != 0) throw new CallBodyException(NameOf(member), "It is given twice.");
            seen |= member;
            var type = scanner.PeekType();
            var value = scanner.SkipValue();
            switch (member)
            {
                case Member.Tool when type == JsonTokenType.String:
                    RefuseHalfSurrogates(value.Of(json));
                    tool = value;
                    break;
                case Member.Args when type == JsonTokenType.StartObject:
                    arguments = value;
                    break;
                case Member.Args when type == JsonTokenType.Null:
                    break;
                case Member.Timeout when type == JsonTokenType.Number && Utf8Parser.TryParse(value.Of(json), out int milliseconds, out var read) && read == value.Length && milliseconds > 0:
                    timeout = TimeSpan.FromMilliseconds(milliseconds);
                    break;
                case Member.Retry when type == JsonTokenType.String && value.Of(json).SequenceEqual("\"safe\""u8):
                    retry = true;
                    break;
                default:
                    throw new CallBodyException(NameOf(member), $"It must be {ExpectedOf(member)}.");
            }
        }

        scanner.End();
        if (tool.IsEmpty) throw new CallBodyException("tool", "It is missing.");
        return new CallBody(tool, arguments, timeout, retry);
    }

    /// <summary>Reads the body of <c>…/tools/{tool}</c>: the arguments themselves, or nothing at all.</summary>
    /// <exception cref="CallBodyException">It is not what the route takes.</exception>
    public static ByteRange ReadArguments(ReadOnlySpan<byte> json)
    {
        if (json.IsEmpty) return default;
        var scanner = Start(json);
        var arguments = scanner.SkipValue();
        scanner.End();
        return arguments;
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

    private static JsonScanner Start(ReadOnlySpan<byte> json)
    {
        if (!Utf8.IsValid(json)) throw new CallBodyException(null, "The body is not UTF-8.");
        var scanner = new JsonScanner(json, refusesTwins: true);
        return scanner.PeekType() == JsonTokenType.StartObject ? scanner : throw new CallBodyException(null, "The body must be a JSON object.");
    }

    // "\ud800" is well-formed JSON, but no text; whoever decodes it later would throw.
    private static void RefuseHalfSurrogates(ReadOnlySpan<byte> quoted)
    {
        if (!quoted.Contains((byte)'\\')) return;
        try { JsonText.Decode(quoted); }
        catch (JsonException) { throw new CallBodyException("tool", "It is not Unicode."); }
    }

    // A misspelt "args" must not become a call without arguments; neither must one that is spelt with escapes.
    private static Member MemberOf(ReadOnlySpan<byte> name) =>
        name.SequenceEqual("tool"u8) ? Member.Tool
        : name.SequenceEqual("args"u8) || name.SequenceEqual("arguments"u8) ? Member.Args
        : name.SequenceEqual("timeout_ms"u8) ? Member.Timeout
        : name.SequenceEqual("retry"u8) ? Member.Retry
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
