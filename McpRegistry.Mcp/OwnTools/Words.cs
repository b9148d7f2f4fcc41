using System.Text;

namespace McpRegistry.Mcp.OwnTools;

/// <summary>Splits text and identifiers into lower-case words: <c>readTextFile</c> and <c>read_text_file</c> have the same three.</summary>
internal static class Words
{
    public static IEnumerable<string> Of(string text)
    {
        var word = new StringBuilder();
        var previous = ' ';
        foreach (var character in text)
        {
            var startsWord = char.IsUpper(character) && char.IsLower(previous);
            if ((startsWord || !char.IsLetterOrDigit(character)) && word.Length > 0)
            {
                yield return word.ToString();
                word.Clear();
            }
            if (char.IsLetterOrDigit(character)) word.Append(char.ToLowerInvariant(character));
            previous = character;
        }
        if (word.Length > 0) yield return word.ToString();
    }
}
