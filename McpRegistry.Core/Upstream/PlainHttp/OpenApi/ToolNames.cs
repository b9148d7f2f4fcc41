using System.Text;

namespace McpRegistry.Core.Upstream.PlainHttp.OpenApi;

/// <summary>Names that every client and model takes: <c>[A-Za-z0-9_.-]</c>, bounded, each one once.</summary>
internal static class ToolNames
{
    /// <summary>A text with every other character replaced. Empty stays empty.</summary>
    public static string Clean(string text, int maxLength)
    {
        var name = new StringBuilder(Math.Min(text.Length, maxLength));
        foreach (var character in text.AsSpan(0, Math.Min(text.Length, maxLength)))
            name.Append(char.IsAsciiLetterOrDigit(character) || character is '_' or '.' or '-' ? character : '_');
        return name.ToString();
    }

    /// <summary>The name of an operation that has none: <c>get_orders_id</c> for <c>GET /orders/{id}</c>.</summary>
    public static string OfPath(string verb, string path)
    {
        var parts = path.Split(['/', '{', '}'], StringSplitOptions.RemoveEmptyEntries);
        return Clean(string.Join('_', parts.Prepend(verb)), MaxLength);
    }

    public const int MaxLength = 128;

    /// <summary>The longest name of an argument that models take.</summary>
    public const int MaxArgumentLength = 64;
}
