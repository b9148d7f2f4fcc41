namespace McpRegistry.Core.Storage;

/// <summary>The store is away: disk full, read-only, damaged, locked. Nothing of the failed write was stored. The message is for operators, not for clients.</summary>
public sealed class RegistryStoreException(string message, Exception? inner = null) : Exception(message, inner);
