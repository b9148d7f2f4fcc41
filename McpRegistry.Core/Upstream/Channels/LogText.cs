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
        var excerpt = new StringBuilder(MaxLength);
        foreach (var character in Encoding.UTF8.GetString(text[..Math.Min(text.Length, MaxLength)]))
        {
            if (char.IsControl(character)) excerpt.Append(CultureInfo.InvariantCulture, $"\\u{(int)character:x4}");
            else excerpt.Append(character);
        }

        return excerpt.ToString(0, Math.Min(excerpt.Length, MaxLength));
    }
}
