namespace McpRegistry.Core.Storage;

/// <summary>Where the embedded store lies.</summary>
internal static class StoragePath
{
    /// <summary>The absolute path of the database.</summary>
    public static string Of(StorageOptions options)
    {
        if (options.Path is { Length: > 0 } path) return Path.GetFullPath(path);
        var data = Environment.GetFolderPath(Environment.SpecialFolder.LocalApplicationData, Environment.SpecialFolderOption.DoNotVerify);
        if (data.Length == 0) throw new RegistryStoreException($"This user has no home folder to keep registrations in; set {StorageOptions.Section}:Path.");
        return Path.Combine(data, "mcp-registry", "registry.db");
    }
}
