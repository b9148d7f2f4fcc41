namespace McpRegistry.Core.Upstream.Http.Coding;

/// <summary>
/// The codings in which a body came although none was asked for: gzip, deflate and br are undone as it is read, so that the
/// reader's limits hold for what comes out of it. Another one is named to whoever reads the body.
/// </summary>
internal static class ContentCoding
{
    private const string Identity = "identity";
    private const int MostCodings = 4;
    private const int LongestName = 32;

    /// <summary>Puts the plain body in place of the coded one.</summary>
    public static void Undo(HttpResponseMessage response)
    {
        if (!response.Content.Headers.NonValidated.TryGetValues("Content-Encoding", out var values)) return;
        string[] codings = [.. values.ToString().Split(',', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries)
            .Select(one => one.ToLowerInvariant()).Where(one => one != Identity)];
        if (codings.Length == 0) return;
        // Of these only the status counts; that their body is unreadable must not hide it.
        var isIgnored = (int)response.StatusCode is 401 or 429;
        response.Content = new DecodedContent(response.Content, isIgnored ? [] : codings);
    }

    /// <summary>The plain form of a body in these codings; what reads it is told where there is none.</summary>
    /// <param name="stream">What came.</param>
    /// <param name="codings">The codings, in the order in which they were applied.</param>
    /// <param name="cancellationToken">Ends the wait for its beginning.</param>
    public static async Task<Stream> DecodeAsync(Stream stream, string[] codings, CancellationToken cancellationToken)
    {
        if (codings.Length == 0) return Stream.Null;
        if (codings.Length > MostCodings) return new DecodedStream(stream, null, "more codings than are undone");
        for (var i = codings.Length - 1; i >= 0; i--)
        {
            if (await DecodedStream.OfAsync(stream, codings[i], cancellationToken) is not { } decoded)
                return new DecodedStream(stream, null, $"the coding '{NameOf(codings[i])}', which is not known here and was not asked for");
            stream = decoded;
        }

        return stream;
    }

    // What the upstream wrote is shown only as far as it can be the name of a coding.
    private static string NameOf(string coding) => coding.Length <= LongestName && coding.All(letter => char.IsAsciiLetterOrDigit(letter) || letter is '-' or '_' or '.' or '+') ? coding : "?";
}
