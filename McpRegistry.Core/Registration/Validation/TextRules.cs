namespace McpRegistry.Core.Registration.Validation;

/// <summary>What texts may hold.</summary>
internal static class TextRules
{
    /// <summary>True for one line of 1 to <paramref name="longest"/> characters without control characters.</summary>
    public static bool IsLine(string text, int longest) => text.Length > 0 && text.Length <= longest && !text.Any(char.IsControl);

    /// <summary>True when it may stand in an HTTP header: what is outside ASCII arrives differently at every server.</summary>
    public static bool IsHeaderValue(string text) => text.All(c => c is '\t' or (>= ' ' and <= '~'));

    /// <summary>True for a token of RFC 9110, which names of headers are.</summary>
    public static bool IsHeaderName(string text) =>
        text.Length is > 0 and <= 128 && text.All(c => char.IsAsciiLetterOrDigit(c) || "!#$%&'*+-.^_`|~".Contains(c, StringComparison.Ordinal));

    /// <summary>True for an absolute path of an HTTP address, query allowed; <c>//</c> would name another host.</summary>
    public static bool IsUrlPath(string text) =>
        text.StartsWith('/') && !text.StartsWith("//", StringComparison.Ordinal) && text.Length <= 1024
        && text.All(c => c is > ' ' and <= '~' and not ('\\' or '#'));
}
