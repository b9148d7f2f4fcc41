namespace McpRegistry.Core.Buffers;

/// <summary>There is no room for a large message: the budget of the process is spent.</summary>
public sealed class NoRoomException() : IOException("too many large messages are on their way already");
