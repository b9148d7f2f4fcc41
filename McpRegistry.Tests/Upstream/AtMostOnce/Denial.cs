namespace McpRegistry.Tests.Upstream.AtMostOnce;

/// <summary>
/// The answers by which a server says that it did not execute the call. A server of the tests that gives one of these has not
/// executed it; with every other answer it may have, whatever the answer's words. The list is all that at most once rests on:
/// <list type="number">
/// <item>no connection was made;</item>
/// <item>an answer that names no request, with a status of what stands before the tool (<see cref="IsBeforeTheTool"/>);</item>
/// <item>such an answer with 400 and words for an unknown session, on a session;</item>
/// <item>-32020 and -32022 with 400 in the modern era, the protocol's own refusals before a request is given to anybody;</item>
/// <item>the error by which a gateway of ours says that nothing was executed;</item>
/// <item>HTTP+SSE: a POST answered 4xx, where the stream says nothing of the call within a second;</item>
/// <item>plain HTTP: 401, 421, 307 and 308, which are defined so (RFC 9110).</item>
/// </list>
/// </summary>
internal static class Denial
{
    public static bool ByMcp(int status, OddBody body, bool isModern, bool hasSession)
    {
        if (status == 400 && isModern && body is { IsWellFormed: true, Code: -32020 or -32022 }) return true;
        if (body.Names != Named.Nobody) return false;
        return IsBeforeTheTool(status) || (status == 400 && hasSession && !isModern && body.SaysSessionIsUnknown);
    }

    public static bool ByPlainHttp(int status) => status is 401 or 421 or 307 or 308;

    public static bool ByPost(int status) => status is >= 400 and < 500;

    // Credentials and limits; another place; not this method, size, type or version; nobody there, or no such session.
    private static bool IsBeforeTheTool(int status) =>
        status is 401 or 403 or 429 or 301 or 302 or 307 or 308 or 405 or 406 or 411 or 413 or 414 or 415 or 417 or 421 or 426 or 431 or 404 or 410;
}
