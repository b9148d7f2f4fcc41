using System.Security.Cryptography;

namespace McpRegistry.Core.Discovery;

/// <summary>The places an <c>mcp-servers.json</c> is looked for, best first.</summary>
internal sealed class McpServersFileLocation
{
    /// <param name="file">The path of the options.</param>
    /// <param name="contentRoot">The first folder for a relative path.</param>
    /// <param name="currentDirectory">The second one.</param>
    public McpServersFileLocation(string file, string contentRoot, string currentDirectory) => Candidates =
        [.. new[] { contentRoot, currentDirectory }.Select(folder => Path.GetFullPath(file, Path.GetFullPath(folder))).Distinct(StringComparer.Ordinal)];

    /// <summary>The places, as absolute paths.</summary>
    public IReadOnlyList<string> Candidates { get; }

    /// <summary>The first place that has the file now; where none has, the best one.</summary>
    public string Current => Candidates.FirstOrDefault(File.Exists) ?? Candidates[0];

    /// <summary>Changes whenever the file does; where it is too large to be read, whenever it most likely did. Never throws.</summary>
    public McpServersFileStamp Stamp()
    {
        var path = Current;
        try
        {
            // Kubernetes mounts a file as a link and swaps what is behind it; the link itself never changes, and what is behind it may
            // have the size and the time of what was there before.
            using var file = new FileStream(path, FileMode.Open, FileAccess.Read, FileShare.ReadWrite | FileShare.Delete);
            var content = file.Length <= McpServersFileSource.LargestFile ? Convert.ToHexString(SHA256.HashData(file)) : null;
            return new McpServersFileStamp(path, File.GetLastWriteTimeUtc(file.SafeFileHandle), file.Length, content);
        }
        catch (Exception unreadable) when (unreadable is IOException or UnauthorizedAccessException)
        {
            return new McpServersFileStamp(path, default, -1, null);
        }
    }
}

/// <summary>What tells one state of the file from another.</summary>
/// <param name="Path">Where it is.</param>
/// <param name="Written">When it was written.</param>
/// <param name="Length">Its size in bytes; -1 when it cannot be read.</param>
/// <param name="Content">What is in it, as a hash. Null: it is too large, or cannot be read.</param>
internal readonly record struct McpServersFileStamp(string Path, DateTime Written, long Length, string? Content);
