using System.Text;
using System.Text.Json;
using System.Text.RegularExpressions;

using McpRegistry.Core.Json;

namespace McpRegistry.Core.Upstream.Http;

/// <summary>The ways in which servers say that they do not know our session, and how sure one may be of it.</summary>
internal static partial class LostSession
{
    /// <summary>
    /// True when nothing was executed for want of the session: an answer that names nobody, and is 404 as MCP wants it, or 400
    /// with words that leave no doubt, as older SDKs do it. A 404 that speaks of something else may be the tool's.
    /// </summary>
    public static bool IsCertain(HttpAnswer answer)
    {
        if (answer.Names != Addressee.Nobody) return false;
        if (answer.Status == 404) return answer.Body is not { Length: > 0 } || answer.Message is not null || Mentions(Words(answer));
        return answer.Status == 400 && answer.Body is { Length: > 0 and <= MaxWords } && SaysSo().IsMatch(Words(answer));
    }

    /// <summary>True when an answer to our request may mean a lost session as well as anything else: worth a question.</summary>
    public static bool IsHinted(HttpAnswer answer)
    {
        if (answer.Failure is not null) return false;
        return answer.Status == 404 || (!answer.Error.IsEmpty && (JsonRpcErrors.CodeOf(answer.Error) == SessionNotFound || Mentions(answer)));
    }

    /// <summary>
    /// True when the answer to that question, or to a probe, means that the session is gone. Nothing that such a request asks
    /// for can fail for another reason and speak of sessions.
    /// </summary>
    public static bool IsMeant(HttpAnswer answer)
    {
        if (answer.Failure is not null) return false;
        if (answer.Status == 400 && IsCertain(answer)) return true;
        if (answer.Error.IsEmpty) return false;
        var isLostByRule = answer.Status == 404 && answer.Names == Addressee.Us && JsonRpcErrors.CodeOf(answer.Error) != MethodNotFound;
        return isLostByRule || (JsonRpcErrors.CodeOf(answer.Error) is SessionNotFound or NotInitialized or 0 or InvalidRequest or ServerError && Mentions(answer));
    }

    private static bool Mentions(HttpAnswer answer) => answer.Error.Length <= MaxWords && Mentions(Words(answer));

    private static bool Mentions(string words) =>
        words.Contains("session", StringComparison.OrdinalIgnoreCase) || words.Contains("initializ", StringComparison.OrdinalIgnoreCase);

    // What is meant for people: the message of an error, else whatever came.
    private static string Words(HttpAnswer answer)
    {
        if (answer.Error.IsEmpty) return Encoding.UTF8.GetString(answer.Body!.Span);
        try
        {
            using var error = JsonDocument.Parse(answer.Error.ToArray(), new JsonDocumentOptions { MaxDepth = JsonRpcMessage.MaxUpstreamDepth });
            return error.RootElement.TryGetProperty("message", out var message) && message.ValueKind == JsonValueKind.String ? message.GetString()! : "";
        }
        // Half a character somewhere: not the words of a server that lost a session.
        catch (InvalidOperationException) { return ""; }
    }

    // "Bad Request: No valid session ID provided", "Missing session ID", "Session not found", "Mcp-Session-Id header is required",
    // "Not Found: Invalid or expired session ID", "Unknown session: 12ab", "Bad Request: Server not initialized"; but neither
    // "browser session limit reached" nor "the session of this user exists already".
    [GeneratedRegex(
        @"\b(no( valid)?|missing|unknown|invalid|expired|unrecogni[sz]ed)( mcp)?[ -]session[ -]?id\b"
        + @"|\b(no such|unknown|missing) session\b|\b(invalid|expired) session\b(?! \w)"
        + @"|\bsession([ -]?id)?( header)?( [\w-]{1,64})?( is| was| has)? (not (found|valid|known)|unknown|missing|invalid|expired|required|(been )?terminated|does not exist)\b"
        + @"|\binclude a valid mcp-session-id\b|\b(server|session|client|connection)( is| was)? not (yet )?initiali[sz]ed\b",
        RegexOptions.IgnoreCase | RegexOptions.CultureInvariant)]
    private static partial Regex SaysSo();

    private const int MaxWords = 1024;

    private const int SessionNotFound = -32001;
    private const int NotInitialized = -32002;
    private const int ServerError = -32000;
    private const int InvalidRequest = -32600;
    private const int MethodNotFound = -32601;
}
