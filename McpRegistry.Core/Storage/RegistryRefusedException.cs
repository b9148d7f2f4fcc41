namespace McpRegistry.Core.Storage;

/// <summary>The store answers but must not be used: it lets nobody in, is too old, or belongs to somebody else. The message is one line for the operator, without secrets.</summary>
public sealed class RegistryRefusedException(string message) : Exception(message);
