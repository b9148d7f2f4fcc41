namespace McpRegistry.Core.Discovery.Trust;

/// <summary>Where the gateway keeps what is its own: its database, the key beside it, what was approved.</summary>
/// <param name="Folder">The folder, absolute. Null: this user has none.</param>
internal sealed record GatewayFiles(string? Folder)
{
    /// <summary>Writes a file there that nobody else may read, whole or not at all.</summary>
    public Action<string, byte[]> Write { get; init; } = File.WriteAllBytes;
}
