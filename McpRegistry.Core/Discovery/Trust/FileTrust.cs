using System.Globalization;

using Microsoft.Win32.SafeHandles;

namespace McpRegistry.Core.Discovery.Trust;

/// <summary>
/// Whether a file is its user's own word. Whoever writes to <c>mcp-servers.json</c> starts programs as the user of the gateway, so it
/// must be that user's or root's, and nobody else may write to it or put another in its place. Not judged on Windows.
/// </summary>
internal static class FileTrust
{
    /// <summary>Why the file must not be believed, with what to do. Null: it may.</summary>
    /// <param name="file">The file, open: what is judged is what is read.</param>
    /// <param name="path">The path it was opened by, links and all.</param>
    public static string? RefusalOf(SafeFileHandle file, string path)
    {
        if (OperatingSystem.IsWindows()) return null;
        var owner = UnixOwner.Of(file);
        if (IsForOthers(File.GetUnixFileMode(file), owner)) return $"Others may write to it, and whoever writes to it can start programs as you. Take that from them: chmod go-w {Quoted(path)}";
        if (owner is { } other && other.User != UnixOwner.Root && other.User != UnixOwner.Self)
        {
            return string.Create(
                CultureInfo.InvariantCulture,
                $"It belongs to another user (number {other.User}; this one is {UnixOwner.Self}), who could start programs as you. Copy it, or make it yours: chown {UnixOwner.Self} {Quoted(path)}");
        }

        return FoldersOf(path).FirstOrDefault(IsOpenFolder) is { } folder
            ? $"Others may put another file in its place, as they may write to its folder. Take that from them: chmod go-w {Quoted(folder)}"
            : null;
    }

    // That of the link, if it is one, and that of what it leads to.
    private static IEnumerable<string> FoldersOf(string path)
    {
        var real = File.ResolveLinkTarget(path, returnFinalTarget: true)?.FullName ?? path;
        return new[] { path, real }.Select(one => Path.GetDirectoryName(Path.GetFullPath(one))!).Distinct(StringComparer.Ordinal);
    }

    // In a sticky folder, such as /tmp, nobody touches the files of others.
    private static bool IsOpenFolder(string folder)
    {
        if (OperatingSystem.IsWindows()) return false;
        var mode = File.GetUnixFileMode(folder);
        return !mode.HasFlag(UnixFileMode.StickyBit) && IsForOthers(mode, UnixOwner.Of(folder));
    }

    private static bool IsForOthers(UnixFileMode mode, UnixOwner? owner) =>
        mode.HasFlag(UnixFileMode.OtherWrite) || (mode.HasFlag(UnixFileMode.GroupWrite) && !(owner is { } known && PrivateGroup.Is(known)));

    private static string Quoted(string path) => path.All(letter => char.IsAsciiLetterOrDigit(letter) || letter is '/' or '.' or '-' or '_') ? path : "'" + path.Replace("'", "'\\''", StringComparison.Ordinal) + "'";
}
