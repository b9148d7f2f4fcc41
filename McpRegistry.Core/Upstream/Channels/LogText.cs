using System.Globalization;
using System.Text;

namespace McpRegistry.Core.Upstream.Channels;

/// <summary>Makes what an upstream wrote fit for the log: short, one line, nothing that steers a terminal or forges an entry.</summary>
internal static class LogText
{
    private const int MaxLength = 200;

    /// <summary>The beginning of the text, with control characters escaped.</summary>
    public static string Excerpt(ReadOnlySpan<byte> text)
    {
        var excerpt = Line(text[..Math.Min(text.Length, MaxLength)]);
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
