namespace McpRegistry.Core.Upstream.Channels;

/// <summary>What a program was given to keep, so that the log does not tell it when the program does.</summary>
internal sealed class HiddenWords
{
    // Shorter ones are words like "true" and "8080", which a log is full of.
    private const int Shortest = 6;
    private const string Hidden = "***";

    private volatile string[] _words = [];

    /// <summary>From now on these are hidden, and no others.</summary>
    public void Set(IEnumerable<string> words) => _words = [.. words.Where(word => word.Length >= Shortest).Distinct(StringComparer.Ordinal).OrderByDescending(word => word.Length)];

    /// <summary>The text without them.</summary>
    public string In(string text)
    {
        foreach (var word in _words) text = text.Replace(word, Hidden, StringComparison.Ordinal);
        return text;
    }
}
