using System.Text;

using McpRegistry.Core.Catalog.Definitions;

namespace McpRegistry.Core.Catalog.Introduction;

/// <summary>Makes a quotation of a foreign text: each line begins with <c>&gt; </c>, and nothing in it looks like a part of what stands around it.</summary>
internal static class QuotedText
{
    private static readonly char[] LineEnds = ['\n', '\r', '\v', '\f', '\u0085', '\u2028', '\u2029'];

    /// <summary>The quotation, without a line break at its end. Empty: nothing of the text can be shown.</summary>
    /// <param name="text">The text.</param>
    /// <param name="mostBytes">How much of it is quoted, in bytes.</param>
    public static string Of(string text, int mostBytes)
    {
        var quoted = new StringBuilder();
        var left = mostBytes;
        foreach (var line in text[..Math.Min(text.Length, mostBytes)].Split(LineEnds, StringSplitOptions.RemoveEmptyEntries))
        {
            var shown = Plain(line);
            if (shown.Length == 0 || IsRule(shown)) continue;
            left -= Encoding.UTF8.GetByteCount(shown) + 3;
            if (left < 0) return quoted.Append(quoted.Length > 0 ? "\n> …" : "> …").ToString();
            if (quoted.Length > 0) quoted.Append('\n');
            quoted.Append("> ").Append(shown);
        }

        return text.Length > mostBytes && quoted.Length > 0 ? quoted.Append("\n> …").ToString() : quoted.ToString();
    }

    // Headings of Markdown lose their mark, those of HTML and any other tag their bracket.
    private static string Plain(string line)
    {
        var plain = new StringBuilder(line.Length);
        foreach (var rune in line.EnumerateRunes())
        {
            if (rune.Value == '\t') plain.Append(' ');
            else if (rune.Value == '<') plain.Append('\u2039');
            else if (!NameCharacters.IsHidden(rune)) plain.Append(rune);
        }

        return plain.ToString().Trim().TrimStart('#').TrimStart();
    }

    // What makes a heading of the line above, a rule, or begins a block of code.
    private static bool IsRule(string line) =>
        line.StartsWith("```", StringComparison.Ordinal) || line.StartsWith("~~~", StringComparison.Ordinal) || !line.AsSpan().ContainsAnyExcept("=-_* ");
}
