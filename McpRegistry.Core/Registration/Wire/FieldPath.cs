using System.Text.Json;

namespace McpRegistry.Core.Registration.Wire;

/// <summary>Names places in a registration as errors show them: <c>config.tools.search.safe</c>, <c>tags[3]</c>.</summary>
internal static class FieldPath
{
    /// <summary>The whole document.</summary>
    public const string Root = "$";

    private const int LongestShown = 64;

    /// <summary>A member of the place <paramref name="parent"/>. Names that are not plain words stand quoted and cut, so that they cannot forge a log line.</summary>
    public static string Member(string parent, string name)
    {
        if (!IsPlain(name)) return (parent == Root ? "" : parent) + "[" + Quote(name) + "]";
        return parent == Root ? name : parent + "." + name;
    }

    /// <summary>An element of the list at <paramref name="parent"/>.</summary>
    public static string Element(string parent, int index) => FormattableString.Invariant($"{parent}[{index}]");

    private static bool IsPlain(string name) =>
        name.Length is > 0 and <= LongestShown && name.All(c => char.IsAsciiLetterOrDigit(c) || c is '_' or '-');

    private static string Quote(string name) =>
        "\"" + JsonEncodedText.Encode(name.Length > LongestShown ? name[..LongestShown].TrimEndSurrogate() + "…" : name) + "\"";

    private static string TrimEndSurrogate(this string text) => char.IsHighSurrogate(text[^1]) ? text[..^1] : text;
}
