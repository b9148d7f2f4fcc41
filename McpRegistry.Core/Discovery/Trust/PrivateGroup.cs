using System.Globalization;

namespace McpRegistry.Core.Discovery.Trust;

/// <summary>
/// Many systems give each user a group of his own and let groups write by default: what such a group may write nobody else may.
/// </summary>
internal static class PrivateGroup
{
    private const string Users = "/etc/passwd";
    private const string Groups = "/etc/group";

    /// <summary>True when nobody but the owner is in the owner's group, as far as this machine's files tell.</summary>
    public static bool Is(UnixOwner owner)
    {
        try { return Is(owner, File.ReadLines(Users), File.ReadLines(Groups)); }
        catch (Exception unreadable) when (unreadable is IOException or UnauthorizedAccessException) { return false; }
    }

    /// <param name="owner">The owner of a file.</param>
    /// <param name="users"><c>name:password:user:group:…</c></param>
    /// <param name="groups"><c>name:password:group:member,member</c></param>
    internal static bool Is(UnixOwner owner, IEnumerable<string> users, IEnumerable<string> groups)
    {
        string? name = null;
        foreach (var user in users.Select(line => line.Split(':')).Where(parts => parts.Length > 3))
        {
            if (Number(user[2]) == owner.User) name ??= user[0];
            else if (Number(user[3]) == owner.Group) return false;
        }

        var group = groups.Select(line => line.Split(':')).FirstOrDefault(parts => parts.Length > 3 && Number(parts[2]) == owner.Group);
        // Users of a directory stand in no file; their own groups have their numbers.
        if (group is null) return owner.Group == owner.User;
        return group[3].Split(',', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries).All(member => member == name);
    }

    private static uint? Number(string text) => uint.TryParse(text, CultureInfo.InvariantCulture, out var number) ? number : null;
}
