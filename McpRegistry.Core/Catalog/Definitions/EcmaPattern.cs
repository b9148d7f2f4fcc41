using System.Globalization;
using System.Text.RegularExpressions;

namespace McpRegistry.Core.Catalog.Definitions;

/// <summary>Tells patterns that JavaScript surely compiles (<c>new RegExp(pattern, "u")</c>) from those that it may refuse.</summary>
internal static class EcmaPattern
{
    private const int MaxLength = 1024;

    /// <summary>True for what .NET and JavaScript write in the same way. Python's <c>(?P&lt;x&gt;…)</c>, <c>\Z</c> and <c>(?i)</c> are not.</summary>
    public static bool IsPlain(string pattern)
    {
        if (pattern.Length > MaxLength || !HasPlainSyntax(pattern)) return false;
        try
        {
            // What is left to find is balance and order, which are the same in both languages. Nothing is ever matched with it.
            _ = new Regex(pattern, RegexOptions.CultureInvariant);
            return true;
        }
        catch (ArgumentException) { return false; }
    }

    private static bool HasPlainSyntax(string pattern)
    {
        var isInClass = false;
        var isPlace = false;
        var groups = new Stack<bool>();
        for (var at = 0; at < pattern.Length; at++)
        {
            var begin = at;
            switch (pattern[at])
            {
                // A class of characters is no end of a range.
                case '-' when isInClass && (IsSetBefore(pattern, at) || IsSetBehind(pattern, at)):
                    return false;
                // Neither a place nor what is looked at can be there several times.
                case '*' or '+' or '?' or '{' when !isInClass && isPlace:
                    return false;
                case '\\' when at + 1 == pattern.Length || !IsPlainEscape(pattern, ref at, isInClass):
                    return false;
                case '\\':
                    break;
                case '[' when isInClass:
                    return false;
                case '[':
                    isInClass = true;
                    // "[]" and "[^]" are empty in one language and begin with a bracket in the other.
                    if (at + 1 < pattern.Length && pattern[at + 1] == '^') at++;
                    if (at + 1 < pattern.Length && pattern[at + 1] == ']') return false;
                    break;
                case ']' when !isInClass:
                    return false;
                case ']':
                    isInClass = false;
                    break;
                case '(' when !isInClass && at + 1 < pattern.Length && pattern[at + 1] == '?' && !IsPlainGroup(pattern.AsSpan(at + 2)):
                    return false;
                case '(' when !isInClass:
                    groups.Push(at + 2 < pattern.Length && pattern[at + 1] == '?' && pattern[at + 2] != ':');
                    if (at + 1 < pattern.Length && pattern[at + 1] == '?') at += 2;
                    break;
                case '{' when !isInClass && QuantifierLength(pattern.AsSpan(at)) is var length:
                    if (length == 0) return false;
                    at += length - 1;
                    break;
                case '}' when !isInClass:
                    return false;
                case var character when char.IsSurrogate(character):
                    // Half of it would stand alone in a class of .NET.
                    if (isInClass) return false;
                    break;
            }

            if (pattern[begin] == ')' && !isInClass) isPlace = groups.TryPop(out var looks) && looks;
            else isPlace = !isInClass && (pattern[begin] is '^' or '$' or '|' or '(' || pattern.AsSpan(begin).StartsWith("\\b") || pattern.AsSpan(begin).StartsWith("\\B"));
        }
        return !isInClass;
    }

    private static bool IsPlainGroup(ReadOnlySpan<char> rest) => rest is [':' or '=' or '!', ..] or ['<', '=' or '!', ..];

    private static bool IsSetBefore(string pattern, int at) => at > 1 && pattern[at - 2] == '\\' && "dDwWsS".Contains(pattern[at - 1], StringComparison.Ordinal) && at + 1 < pattern.Length && pattern[at + 1] != ']';

    private static bool IsSetBehind(string pattern, int at) => at + 2 < pattern.Length && pattern[at + 1] == '\\' && "dDwWsS".Contains(pattern[at + 2], StringComparison.Ordinal) && pattern[at - 1] is not ('[' or '^');

    private static bool IsPlainEscape(string pattern, ref int at, bool isInClass)
    {
        var escaped = pattern[++at];
        if (escaped is '-') return isInClass;
        if (escaped is 'b' or 'B') return !isInClass;
        if (escaped is 'x') return AreHex(pattern, ref at, 2);
        // Half a character in a class is one thing to one language and a part of its neighbour to the other.
        if (escaped is 'u') return AreHex(pattern, ref at, 4) && !(isInClass && char.IsSurrogate((char)ushort.Parse(pattern.AsSpan(at - 3, 4), NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture)));
        return "^$\\.*+?()[]{}|/dDwWsStnrfv".Contains(escaped, StringComparison.Ordinal);
    }

    private static bool AreHex(string pattern, ref int at, int count)
    {
        if (pattern.Length - at - 1 < count || !pattern.AsSpan(at + 1, count).ToArray().All(char.IsAsciiHexDigit)) return false;
        at += count;
        return true;
    }

    // {2}, {2,} and {2,3}; 0: it is none. Numbers are kept short, so that both languages can count so far.
    private static int QuantifierLength(ReadOnlySpan<char> text)
    {
        var end = text.IndexOf('}');
        if (end is < 2 or > 12) return 0;
        var inside = text[1..end];
        var comma = inside.IndexOf(',');
        var least = comma < 0 ? inside : inside[..comma];
        var most = comma < 0 ? default : inside[(comma + 1)..];
        return IsNumber(least) && (most.IsEmpty || IsNumber(most)) ? end + 1 : 0;
    }

    private static bool IsNumber(ReadOnlySpan<char> text) => text.Length is > 0 and <= 4 && text.IndexOfAnyExceptInRange('0', '9') < 0;
}
