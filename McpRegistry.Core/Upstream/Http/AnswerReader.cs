using System.Text.Json;

using McpRegistry.Core.Json;
using McpRegistry.Core.Upstream.Channels;

namespace McpRegistry.Core.Upstream.Http;

/// <summary>Whom an answer names.</summary>
internal enum Addressee
{
    /// <summary>Nobody: an error of what stands before the MCP server, a page, nothing at all.</summary>
    Nobody,

    /// <summary>Our request: whatever else the answer is, the request was taken.</summary>
    Us,

    /// <summary>Another request, or it cannot be told which.</summary>
    Another,
}

/// <summary>Finds out whom an answer names and where its parts stand, also of one that is broken.</summary>
internal static class AnswerReader
{
    /// <summary>Reads the body of a response to the request <paramref name="id"/>.</summary>
    /// <returns>Whom it names, and its parts where it can be read and does not name another.</returns>
    public static (Addressee Names, JsonRpcResponse? Message) Read(ReadOnlyMemory<byte> body, long id)
    {
        var start = FirstOf(body.Span);
        // A page; but where the envelope stands somewhere in it, it is an answer that was damaged.
        if (start is not ((byte)'{' or (byte)'[')) return (body.Span.IndexOf("\"jsonrpc\""u8) < 0 ? Addressee.Nobody : Addressee.Another, null);
        if (start == (byte)'[') return ReadBatch(body, id);
        try
        {
            var message = JsonRpcMessage.Read(body, JsonRpcMessage.MaxUpstreamDepth);
            var names = message.Kind == JsonRpcKind.Response ? NamedBy(message, id) : Addressee.Another;
            return (names, names == Addressee.Another ? null : message.Response);
        }
        // Whose it was may stand after the fault.
        catch (MalformedJsonException) { return (NamedByBroken(body.Span, id, isAnswer: true) == Addressee.Us ? Addressee.Us : Addressee.Another, null); }
        catch (JsonException)
        {
            var named = NamedByBroken(body.Span, id, isAnswer: true);
            return (named == Addressee.Nobody && HasEnvelope(body.Span) ? Addressee.Another : named, null);
        }
    }

    // Of those in it one may be ours; where none is, it cannot be told whose they are.
    private static (Addressee Names, JsonRpcResponse? Message) ReadBatch(ReadOnlyMemory<byte> body, long id)
    {
        if (!MessageBatch.IsOne(body.Span)) return (Addressee.Another, null);
        foreach (var place in MessageBatch.Split(body.Span))
        {
            if (place.Of(body.Span) is not [(byte)'{', ..]) continue;
            var (names, message) = Read(place.Of(body), id);
            if (names == Addressee.Us) return (names, message?.Behind(place.Start));
        }

        return (Addressee.Another, null);
    }

    /// <summary>Whom an answer names.</summary>
    public static Addressee NamedBy(JsonRpcMessage answer, long id)
    {
        if (JsonRpcId.TryReadNumber(answer.Id.Span, out var number) && number > 0) return number == id ? Addressee.Us : Addressee.Another;
        // "server-error", 0, -1, null: an id that we never give, for an error before anybody looked for ours.
        return answer.Response.Error.IsEmpty || IsDamaged(answer.Bytes.Span) ? Addressee.Another : Addressee.Nobody;
    }

    /// <summary>Whom a message names that is no JSON-RPC, or no JSON to its end.</summary>
    /// <param name="message">The message.</param>
    /// <param name="id">The id of our request.</param>
    /// <param name="isAnswer">True when it can be nothing but an answer.</param>
    public static Addressee NamedByBroken(ReadOnlySpan<byte> message, long id, bool isAnswer = false) =>
        MessageSalvage.TryReadId(message, isAnswer) is not { } named || named <= 0 ? Addressee.Nobody
        : named == id ? Addressee.Us : Addressee.Another;

    // {"detail":"Not Found"} is of nobody who knows JSON-RPC; {"jsonrpc":"2.0","id":7.5,…} may be of anybody.
    private static bool HasEnvelope(ReadOnlySpan<byte> body)
    {
        try
        {
            var scanner = new JsonScanner(body, JsonRpcMessage.StartOf(body), JsonRpcMessage.MaxUpstreamDepth);
            var members = JsonMembers.Read(ref scanner, body);
            scanner.End();
            return !members.Find(body, "jsonrpc"u8, out _).IsEmpty || !members.Find(body, "id"u8, out _).IsEmpty || HasDamagedName(members, body);
        }
        // A name that stands twice, more of them than an envelope has, or another message behind this one.
        catch (JsonException) { return true; }
    }

    // An id that names nobody says so only where it is certain that it is the id.
    private static bool IsDamaged(ReadOnlySpan<byte> answer)
    {
        var scanner = new JsonScanner(answer, JsonRpcMessage.StartOf(answer), JsonRpcMessage.MaxUpstreamDepth);
        var members = JsonMembers.Read(ref scanner, answer);
        var id = members.Find(answer, "id"u8, out var type);
        return HasDamagedName(members, answer)
            || (type == JsonTokenType.String && JsonMembers.Text(new ByteRange(id.Start + 1, id.Length - 2), isEscaped: true, answer).IndexOf(Lost) >= 0);
    }

    // {"i\uFFFDd":17,…}: the name of our id may have stood there before bytes of it were lost.
    private static bool HasDamagedName(JsonMembers members, ReadOnlySpan<byte> body)
    {
        for (var i = 0; i < members.Count; i++)
            if (JsonMembers.Text(members[i].Name, members[i].NameIsEscaped, body).IndexOf(Lost) >= 0) return true;
        return false;
    }

    // What stands in place of bytes that are no text, put there by us or by whoever passed the answer on.
    private static ReadOnlySpan<byte> Lost => "\uFFFD"u8;

    // The first byte that says something: after a byte order mark and white space. 0: there is none.
    private static byte FirstOf(ReadOnlySpan<byte> body)
    {
        var at = body.IndexOfAnyExcept("\uFEFF \t\r\n"u8);
        return at < 0 ? (byte)0 : body[at];
    }
}
