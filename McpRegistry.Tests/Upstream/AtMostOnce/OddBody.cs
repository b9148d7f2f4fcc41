using System.Globalization;
using System.Text;
using System.Text.Json;

namespace McpRegistry.Tests.Upstream.AtMostOnce;

/// <summary>Whom the model knows its own answer to name.</summary>
internal enum Named
{
    Us,
    Nobody,

    /// <summary>Another, or it is broken so that nobody can tell: it may stand for anything.</summary>
    Unclear,
}

/// <summary>The text of an answer: everything that a server, a proxy or a broken library may write.</summary>
/// <param name="Text">The bytes.</param>
/// <param name="Names">Whom it names.</param>
/// <param name="IsWellFormed">True when it is a JSON-RPC answer that must be passed on.</param>
/// <param name="Code">The code of its error. Null: it has none.</param>
/// <param name="Words">The words of its error, or all of it where it is no JSON-RPC.</param>
internal sealed record OddBody(byte[] Text, Named Names, bool IsWellFormed, int? Code, string Words)
{
    /// <summary>The words by which a server says that it does not know the session.</summary>
    private static readonly string[] SessionWords =
    [
        "Bad Request: No valid session ID provided", "Missing session ID", "Session not found", "Bad Request: Server not initialized",
        "Not Found: Invalid or expired session ID", "Mcp-Session-Id header is required", "unknown session",
    ];

    private static readonly string[] OtherWords =
    [
        "browser session limit reached", "the session of this user exists already", "no", "Unauthorized", "", "cut \\ud83d", "not found", "no session slots left",
        "Tool execution failed: session closed by peer", "initializing the printer failed",
    ];

    /// <summary>True when its words are the clear ones.</summary>
    public bool SaysSessionIsUnknown => SessionWords.Any(Words.Replace(",,", "", StringComparison.Ordinal).Contains);

    public static OddBody To(string id, Dice dice) => dice.Next(12) switch
    {
        0 => new([], Named.Nobody, false, null, ""),
        1 => Plain(dice),
        2 => Broken(To(id, dice), id, dice),
        3 or 4 or 5 => Result(id, dice),
        _ => Error(id, dice),
    };

    private static OddBody Plain(Dice dice)
    {
        var words = dice.Of<string>(dice.OneIn(2) ? SessionWords : OtherWords);
        return dice.Next(4) switch
        {
            0 => new(Encoding.UTF8.GetBytes($"<html><body>{words}</body></html>"), Named.Nobody, false, null, words),
            1 => new(Encoding.UTF8.GetBytes($"{{\"detail\":\"{words}\"}}"), Named.Nobody, false, null, words),
            2 => new(Encoding.UTF8.GetBytes(words), Named.Nobody, false, null, words),
            _ => new("  \r\n"u8.ToArray(), Named.Nobody, false, null, ""),
        };
    }

    private static OddBody Broken(OddBody whole, string id, Dice dice)
    {
        if (whole.Text.Length < 2 || whole.Text[0] is not ((byte)'{' or 0xEF)) return whole;
        var text = whole.Text;
        var at = 1 + dice.Next(text.Length - 1);
        byte[] broken = dice.Next(5) switch
        {
            0 => text[..at],
            1 => [.. text, .. "}"u8],
            2 => [.. text[..at], 0xC3, 0x28, .. text[at..]],
            3 => [(byte)'[', .. text, (byte)']'],
            _ => [.. text[..at], .. ",,"u8, .. text[at..]],
        };
        return Read(broken, id);
    }

    // What was damaged inside a text may still say something; where it is no JSON any more, anything may have stood.
    private static OddBody Read(byte[] text, string id)
    {
        var unclear = new OddBody(text, Named.Unclear, false, null, "broken");
        // Cut within a byte order mark: nothing is left.
        if (!text.AsSpan().ContainsAnyExcept("\uFEFF"u8)) return unclear with { Names = Named.Nobody };
        try
        {
            using var document = JsonDocument.Parse(Encoding.UTF8.GetString(text).TrimStart('\uFEFF'), new JsonDocumentOptions { AllowDuplicateProperties = false, MaxDepth = 2000 });
            var root = document.RootElement;
            if (root.ValueKind != JsonValueKind.Object) return unclear;
            var version = Member(root, "jsonrpc");
            var named = Member(root, "id");
            // The id may have stood under a name of which bytes were lost, and a lost byte may have been a digit of it.
            if (root.EnumerateObject().Any(one => one.Name.Contains('\uFFFD')) || named?.ToString().Contains('\uFFFD') == true) return unclear;
            if (version is null && named is null) return unclear with { Names = Named.Nobody, Words = Encoding.UTF8.GetString(text) };
            if (version?.GetRawText() != "\"2.0\"" || Member(root, "method") is not null) return unclear;
            var (result, error) = (Member(root, "result"), Member(root, "error"));
            if (result is null == error is null || error is { ValueKind: not JsonValueKind.Object }) return unclear;
            int? code = error is { } one && one.TryGetProperty("code", out var number) && number.TryGetInt32(out var value) ? value : null;
            var words = error is { } other && other.TryGetProperty("message", out var message) ? message.GetRawText() : "";
            var raw = named?.GetRawText().Trim('"') ?? "0";
            if (!double.TryParse(raw, CultureInfo.InvariantCulture, out var who)) who = named?.ValueKind == JsonValueKind.String ? 0 : double.NaN;
            if (who == double.Parse(id, CultureInfo.InvariantCulture)) return new(text, Named.Us, true, code, words);
            return who <= 0 && who == Math.Floor(who) && error is not null ? new(text, Named.Nobody, true, code, words) : unclear;
        }
        catch (Exception odd) when (odd is JsonException or InvalidOperationException) { return unclear; }
    }

    private static JsonElement? Member(JsonElement parent, string name) =>
        parent.TryGetProperty(name, out var value) && value.ValueKind != JsonValueKind.Null ? value : null;

    private static OddBody Result(string id, Dice dice)
    {
        var (raw, names) = Id(id, dice, isError: false);
        var deep = dice.OneIn(20) ? 60 + dice.Next(900) : 3;
        var result = dice.Of("{}", """{"content":[{"type":"text","text":"session not found"}],"isError":true}""", """{"content":[]}""", """{"resultType":"complete"}""", $"{{\"structuredContent\":{{\"a\":{Nest(deep)}}}}}");
        var extra = dice.Of("", ",\"error\":null", ",\"method\":null,\"params\":null", ",\"more\":[1,{\"id\":5}]");
        return Message($"{{\"jsonrpc\":\"2.0\"{raw},\"result\":{result}{extra}}}", names, null, "", dice);
    }

    private static OddBody Error(string id, Dice dice)
    {
        var (raw, names) = Id(id, dice, isError: true);
        var code = dice.Of(-32001, -32002, -32600, -32601, -32602, -32603, -32700, -32000, -32020, -32021, -32022, 0, 1, -1, 404, 401);
        var words = dice.Of<string>(dice.OneIn(2) ? SessionWords : OtherWords);
        var data = dice.Of("", ",\"data\":null", ",\"data\":{\"supported\":[\"2025-11-25\"]}", ",\"data\":{\"code\":\"of_its_own\",\"maybe_executed\":false}");
        var extra = dice.Of("", ",\"result\":null", ",\"method\":null");
        var isMessage = dice.Next(12) != 0;
        var error = isMessage ? $"{{\"code\":{code},\"message\":\"{words}\"{data}}}" : $"\"{words}\"";
        return isMessage
            ? Message($"{{\"jsonrpc\":\"2.0\"{raw},\"error\":{error}{extra}}}", names, code, words, dice)
            : new(Encoding.UTF8.GetBytes($"{{\"jsonrpc\":\"2.0\"{raw},\"error\":{error}}}"), Named.Unclear, false, null, "no object");
    }

    private static OddBody Message(string text, Named names, int? code, string words, Dice dice)
    {
        var mark = dice.OneIn(8) ? "\uFEFF" : "";
        return new(Encoding.UTF8.GetBytes(mark + text), names, names != Named.Unclear, code, words);
    }

    private static (string Raw, Named Names) Id(string id, Dice dice, bool isError)
    {
        var nobody = isError ? Named.Nobody : Named.Unclear;
        return dice.Next(14) switch
        {
            0 => ($",\"id\":\"{id}\"", Named.Us),
            1 => ($",\"id\":{id}.0", Named.Us),
            2 => (",\"id\":null", nobody),
            3 => (",\"id\":\"server-error\"", nobody),
            4 => (",\"id\":0", nobody),
            5 => (",\"id\":-1", nobody),
            6 => ("", nobody),
            7 => ($",\"id\":{id}000", Named.Unclear),
            8 => (",\"id\":{}", Named.Unclear),
            9 => ($",\"id\":{id}.5", Named.Unclear),
            _ => ($",\"id\":{id}", Named.Us),
        };
    }

    private static string Nest(int depth) => string.Concat(Enumerable.Repeat("{\"a\":[", depth / 2)) + "1" + string.Concat(Enumerable.Repeat("]}", depth / 2));
}
