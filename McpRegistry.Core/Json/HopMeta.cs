using McpRegistry.Core.Upstream;

namespace McpRegistry.Core.Json;

/// <summary>What one hop puts into <c>params._meta</c> itself.</summary>
/// <param name="Era">The era of the instance; the modern one wants version, client and capabilities with each request.</param>
/// <param name="ProtocolVersion">The revision spoken with the instance.</param>
/// <param name="ProgressToken">Our own progress token. Null: no progress is asked for, and the client's token is left out.</param>
/// <param name="TraceParent">W3C trace context; replaces the client's. Null: the client's stays.</param>
/// <param name="TraceState">See <paramref name="TraceParent"/>.</param>
public readonly record struct HopMeta(ProtocolEra Era, string ProtocolVersion, long? ProgressToken = null, string? TraceParent = null, string? TraceState = null);
