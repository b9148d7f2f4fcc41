using System.Globalization;
using System.Text;

namespace McpRegistry.Core.Upstream.Channels;

/// <summary>Makes what an upstream wrote fit for the log: short, one line, nothing that steers a terminal or forges an entry.</summary>
internal static class LogText
{
    private const int MaxLength = 200;

    // Far more than is shown, so that no word is cut before it is hidden.
    private const int MostLooked = 4096;

    /// <summary>The beginning of the text, with control characters escaped.</summary>
    /// <param name="text">The text.</param>
    /// <param name="hidden">What is not to be shown of it. Null: there is nothing such.</param>
    public static string Excerpt(ReadOnlySpan<byte> text, HiddenWords? hidden = null)
    {
        var excerpt = Line(text[..Math.Min(text.Length, hidden is null ? MaxLength : MostLooked)]);
        if (hidden is not null) excerpt = hidden.In(excerpt);
        return excerpt[..Math.Min(excerpt.Length, MaxLength)];
    }

    /// <summary>The whole text, with control characters escaped.</summary>
    public static string Line(ReadOnlySpan<byte> text)
    {
        var line = new StringBuilder(text.Length);
        foreach (var character in Encoding.UTF8.GetString(text))
        {
            if (char.IsControl(character)) line.Append(CultureInfo.InvariantCulture, $"\\u{(int)character:x4}");
            else line.Append(character);
        }

        return line.ToString();
    }
}
