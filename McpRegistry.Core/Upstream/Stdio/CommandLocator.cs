namespace McpRegistry.Core.Upstream.Stdio;

/// <summary>Finds programs as a shell would, so that a missing one has a name in the error.</summary>
internal static class CommandLocator
{
    /// <summary>The file of a command. Null: there is none.</summary>
    /// <param name="command">A name to look for on the path, or a path.</param>
    /// <param name="path">The value of <c>PATH</c>.</param>
    /// <param name="directory">Where a relative path starts.</param>
    public static string? Find(string command, string? path, string directory)
    {
        if (command.Contains('/') || command.Contains(Path.DirectorySeparatorChar)) return FindFile(Path.Combine(directory, command));
        return (path ?? "").Split(Path.PathSeparator, StringSplitOptions.RemoveEmptyEntries)
            .Select(folder => FindFile(Path.Combine(directory, folder, command)))
            .FirstOrDefault(file => file is not null);
    }

    private static string? FindFile(string file)
    {
        if (!OperatingSystem.IsWindows()) return File.Exists(file) && IsExecutable(file) ? file : null;
        // Beside npx.cmd stands a npx for other shells.
        string[] extensions = Path.HasExtension(file) ? ["", ".exe", ".cmd", ".bat"] : [".exe", ".cmd", ".bat"];
        return extensions.Select(extension => file + extension).FirstOrDefault(File.Exists);
    }

    private static bool IsExecutable(string file) =>
        OperatingSystem.IsWindows() || (File.GetUnixFileMode(file) & (UnixFileMode.UserExecute | UnixFileMode.GroupExecute | UnixFileMode.OtherExecute)) != 0;
}
