namespace McpRegistry.Core.Storage;

/// <summary>Files and folders that only their owner may read.</summary>
internal static class PrivateFiles
{
    private const UnixFileMode OwnerFile = UnixFileMode.UserRead | UnixFileMode.UserWrite;

    /// <summary>Creates the folder, 0700. One that is there stays as its owner made it.</summary>
    public static void CreateDirectory(string path)
    {
        if (OperatingSystem.IsWindows()) Directory.CreateDirectory(path);
        else Directory.CreateDirectory(path, OwnerFile | UnixFileMode.UserExecute);
    }

    /// <summary>Creates the file if there is none, and makes it 0600.</summary>
    public static void EnsureFile(string path)
    {
        // One that is there is not even opened: closing any handle of a file drops the locks SQLite holds on it in this process.
        if (!File.Exists(path)) Open(path, FileMode.OpenOrCreate).Dispose();
        Close(path);
    }

    /// <summary>Makes a file 0600 that may have been copied or restored with wider rights.</summary>
    public static void Close(string path)
    {
        if (!OperatingSystem.IsWindows()) File.SetUnixFileMode(path, OwnerFile);
    }

    /// <summary>Writes a new file so that it is there whole or not at all; an earlier one stays.</summary>
    /// <returns>False when there was one already.</returns>
    public static bool TryWriteNew(string path, ReadOnlySpan<byte> content)
    {
        var draft = Draft(path, content);
        try
        {
            File.Move(draft, path, overwrite: false);
            return true;
        }
        catch (IOException) when (File.Exists(path))
        {
            File.Delete(draft);
            return false;
        }
    }

    /// <summary>Writes a file so that it is there whole or not at all; an earlier one is replaced.</summary>
    public static void Write(string path, ReadOnlySpan<byte> content)
    {
        var draft = Draft(path, content);
        try { File.Move(draft, path, overwrite: true); }
        catch
        {
            File.Delete(draft);
            throw;
        }
    }

    private static string Draft(string path, ReadOnlySpan<byte> content)
    {
        var draft = path + "." + Guid.NewGuid().ToString("N") + ".new";
        try
        {
            using var file = Open(draft, FileMode.CreateNew);
            file.Write(content);
            file.Flush(flushToDisk: true);
        }
        catch
        {
            File.Delete(draft);
            throw;
        }
        return draft;
    }

    private static FileStream Open(string path, FileMode mode)
    {
        var options = new FileStreamOptions { Mode = mode, Access = FileAccess.ReadWrite, Share = FileShare.ReadWrite };
        if (!OperatingSystem.IsWindows()) options.UnixCreateMode = OwnerFile;
        return new FileStream(path, options);
    }
}
