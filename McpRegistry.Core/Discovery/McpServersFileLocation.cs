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

    /// <summary>Changes whenever the file most likely did, without reading it. Never throws.</summary>
    public (string Path, DateTime Written, long Length) Stamp()
    {
        var path = Current;
        try
        {
            // Kubernetes mounts a file as a link and swaps what is behind it; the link itself never changes.
            var file = new FileInfo(path);
            var target = file.ResolveLinkTarget(returnFinalTarget: true) as FileInfo ?? file;
            return target.Exists ? (path, target.LastWriteTimeUtc, target.Length) : (path, default, -1);
        }
        catch (Exception unreadable) when (unreadable is IOException or UnauthorizedAccessException)
        {
            return (path, default, -1);
        }
    }
}
