using System.Net.Http.Headers;
using System.Text;
using System.Text.Unicode;

namespace McpRegistry.Core.Upstream.PlainHttp;

/// <summary>The body of an answer as text, by its media type and its bytes. What is no text is told so, never turned into U+FFFD.</summary>
internal readonly record struct AnswerText
{
    private static readonly Encoding Western = CodePagesEncodingProvider.Instance.GetEncoding(1252)!;

    /// <summary>The media type without parameters, in lower case. Null: not said.</summary>
    public string? MediaType { get; private init; }

    /// <summary>The text. Null: the body is no text, or in an encoding that is not known.</summary>
    public string? Text { get; private init; }

    /// <summary>True when the bytes are UTF-8 without a byte order mark, so that they can be passed on as they are.</summary>
    public bool IsPlainUtf8 { get; private init; }

    public static AnswerText Of(in PlainAnswer answer)
    {
        var bytes = answer.Http.Body!.Span;
        var type = MediaTypeHeaderValue.TryParse(answer.ContentType, out var parsed) ? parsed : null;
        var mediaType = type?.MediaType?.ToLowerInvariant();
        if (!MayBeText(mediaType)) return new AnswerText { MediaType = mediaType };
        var (text, isPlain) = Decode(bytes, type?.CharSet?.Trim('"'), isTextForSure: mediaType is not null);
        return new AnswerText { MediaType = mediaType, Text = text, IsPlainUtf8 = isPlain };
    }

    private static bool MayBeText(string? mediaType) =>
        mediaType is null || mediaType.StartsWith("text/", StringComparison.Ordinal) || mediaType.StartsWith("multipart/", StringComparison.Ordinal)
        || mediaType.EndsWith("json", StringComparison.Ordinal) || mediaType.EndsWith("xml", StringComparison.Ordinal) || mediaType.EndsWith("yaml", StringComparison.Ordinal)
        || mediaType.EndsWith("+json-seq", StringComparison.Ordinal)
        || mediaType is "application/javascript" or "application/ecmascript" or "application/x-www-form-urlencoded" or "application/graphql" or "application/sql"
            or "application/csv" or "application/toml" or "application/x-javascript" or "application/jsonl" or "application/rtf" or "application/jwt" or "application/http";

    private static (string? Text, bool IsPlain) Decode(ReadOnlySpan<byte> bytes, string? charset, bool isTextForSure)
    {
        // A byte order mark says more than a header does.
        if (bytes is [0xEF, 0xBB, 0xBF, ..]) return (Encoding.UTF8.GetString(bytes[3..]), false);
        if (bytes is [0xFF, 0xFE, 0, 0, ..]) return (Encoding.UTF32.GetString(bytes[4..]), false);
        if (bytes is [0xFF, 0xFE, ..]) return (Encoding.Unicode.GetString(bytes[2..]), false);
        if (bytes is [0xFE, 0xFF, ..]) return (Encoding.BigEndianUnicode.GetString(bytes[2..]), false);

        var isValid = Utf8.IsValid(bytes);
        if (string.IsNullOrEmpty(charset) || IsUtf8(charset))
        {
            if (isValid) return !isTextForSure && bytes.Contains((byte)0) ? (null, false) : (Encoding.UTF8.GetString(bytes), true);
            // Text that nobody named an encoding for was UTF-8's predecessor before there was UTF-8.
            if (string.IsNullOrEmpty(charset)) return isTextForSure && !bytes.Contains((byte)0) ? (Western.GetString(bytes), false) : (null, false);
            return (Encoding.UTF8.GetString(bytes), false);
        }

        return Find(charset) is { } encoding ? (encoding.GetString(bytes), false) : (null, false);
    }

    private static bool IsUtf8(string charset) => charset.Equals("utf-8", StringComparison.OrdinalIgnoreCase) || charset.Equals("utf8", StringComparison.OrdinalIgnoreCase);

    // What calls itself ISO-8859-1 or ASCII is Windows-1252 on the web (WHATWG Encoding).
    private static Encoding? Find(string charset)
    {
        if (charset.ToLowerInvariant() is "iso-8859-1" or "iso8859-1" or "latin1" or "us-ascii" or "ascii" or "l1") return Western;
        // UTF-7 is a way around filters and nobody's encoding.
        if (charset.Equals("utf-7", StringComparison.OrdinalIgnoreCase)) return null;
        try { return CodePagesEncodingProvider.Instance.GetEncoding(charset) ?? Encoding.GetEncoding(charset); }
        catch (Exception unknown) when (unknown is ArgumentException or NotSupportedException) { return null; }
    }
}
