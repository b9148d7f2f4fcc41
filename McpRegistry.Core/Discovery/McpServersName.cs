using System.Text;

using McpRegistry.Core.Registration;

namespace McpRegistry.Core.Discovery;

/// <summary>
/// The name of a service, made from the key people gave their entry: <c>GitHub</c>, <c>brave_search</c>, <c>@scope/pkg</c>. Lower
/// case; every run of other characters is one hyphen; none at the ends; cut to what a name may have.
/// </summary>
internal static class McpServersName
{
    private const int Longest = 63;

    /// <summary>The name. Null: nothing of the key can stand in one.</summary>
    public static string? From(string key)
    {
        if (ServiceName.IsValid(key)) return key;
        var name = new StringBuilder(Math.Min(key.Length, Longest));
        foreach (var character in key)
        {
            if (name.Length == Longest) break;
            if (char.IsAsciiLetterOrDigit(character)) name.Append(char.ToLowerInvariant(character));
            else if (name.Length > 0 && name[^1] != '-') name.Append('-');
        }

        var trimmed = name.ToString().TrimEnd('-');
        return ServiceName.IsValid(trimmed) ? trimmed : null;
    }
}
