using System.Security.Cryptography;

using McpRegistry.Core.Discovery.Trust;

namespace McpRegistry.Core.Discovery;

/// <summary>The places an <c>mcp-servers.json</c> is looked for, best first.</summary>
internal sealed class McpServersFileLocation
{
    /// <summary>What the file is called where nobody names it.</summary>
    public const string DefaultName = "mcp-servers.json";

    private readonly bool _isAnyAllowed;

    /// <param name="options">What the operator says.</param>
    /// <param name="contentRoot">The first folder for a relative path.</param>
    /// <param name="currentDirectory">The second one.</param>
    /// <param name="program">Where the gateway's program lies.</param>
    public McpServersFileLocation(DiscoveryOptions options, string contentRoot, string currentDirectory, string program)
    {
        _isAnyAllowed = options.AllowSharedFile;
        Candidates = [];
        IsWanted = !options.HasNoFile;
        if (!IsWanted) return;
        var folders = new[] { contentRoot, currentDirectory }.Select(Path.GetFullPath).Distinct(StringComparer.Ordinal).ToArray();
        if (options.File is { } named)
        {
            Candidates = [.. folders.Select(folder => Path.GetFullPath(named, folder)).Distinct(StringComparer.Ordinal)];
            return;
        }

        // A content root is the current folder unless somebody said otherwise, and so named it.
        var trusted = folders.Where((folder, index) => (index == 0 && folders.Length > 1) || IsHome(folder, program)).ToArray();
        Candidates = [.. trusted.Select(folder => Path.Combine(folder, DefaultName))];
        Unasked = [.. folders.Except(trusted).Select(folder => Path.Combine(folder, DefaultName))];
    }

    /// <summary>
    /// Where a file would be found that nobody asked for: whoever starts the gateway in somebody's folder, such as a repository that was
    /// just cloned, does not want the programs started that this folder names.
    /// </summary>
    public IReadOnlyList<string> Unasked { get; } = [];

    /// <summary>False: the operator says that there is no file.</summary>
    public bool IsWanted { get; }

    /// <summary>The places, as absolute paths.</summary>
    public IReadOnlyList<string> Candidates { get; }

    /// <summary>The first place that has the file now; where none has, the best one. Null: there is no place for it.</summary>
    public string? Current => Candidates.FirstOrDefault(File.Exists) ?? (Candidates.Count > 0 ? Candidates[0] : null);

    /// <summary>Why the open file must not be believed. Null: it may.</summary>
    public string? RefusalOf(FileStream file, string path) => _isAnyAllowed ? null : FileTrust.RefusalOf(file.SafeFileHandle, path);

    /// <summary>Changes whenever the file does; where it is too large to be read, whenever it most likely did. Never throws.</summary>
    public McpServersFileStamp Stamp()
    {
        if (Current is not { } path) return new McpServersFileStamp("", default, -1, null);
        try
        {
            // Kubernetes mounts a file as a link and swaps what is behind it; the link itself never changes, and what is behind it may
            // have the size and the time of what was there before.
            using var file = new FileStream(path, FileMode.Open, FileAccess.Read, FileShare.ReadWrite | FileShare.Delete);
            var content = file.Length <= McpServersFileSource.LargestFile ? Convert.ToHexString(SHA256.HashData(file)) : null;
            return new McpServersFileStamp(path, File.GetLastWriteTimeUtc(file.SafeFileHandle), file.Length, content) { Refusal = RefusalOf(file, path) };
        }
        catch (Exception unreadable) when (unreadable is IOException or UnauthorizedAccessException)
        {
            return new McpServersFileStamp(path, default, -1, null);
        }
    }

    // The folder that holds the program holds what belongs to it: the work tree of dotnet run, the /app of a container.
    private static bool IsHome(string folder, string program) =>
        Path.GetFullPath(program).StartsWith(Path.EndsInDirectorySeparator(folder) ? folder : folder + Path.DirectorySeparatorChar, StringComparison.Ordinal);
}

/// <summary>What tells one state of the file from another.</summary>
/// <param name="Path">Where it is.</param>
/// <param name="Written">When it was written.</param>
/// <param name="Length">Its size in bytes; -1 when it cannot be read.</param>
/// <param name="Content">What is in it, as a hash. Null: it is too large, or cannot be read.</param>
internal readonly record struct McpServersFileStamp(string Path, DateTime Written, long Length, string? Content)
{
    /// <summary>Why it must not be believed: who may write to it changes without a change of what is in it. Null: it may.</summary>
    public string? Refusal { get; init; }
}
