namespace McpRegistry.Mcp;

/// <summary>What becomes of the calls of legacy clients that hang up.</summary>
/// <param name="EndWithTheirConnection">True: they are cancelled, as those of modern clients are. False: only the client's own word cancels them.</param>
internal sealed record LeftCalls(bool EndWithTheirConnection);
