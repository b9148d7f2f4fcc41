namespace McpRegistry.Core.Upstream.Http;

/// <summary>One finished handshake over Streamable HTTP: what every later request of it carries.</summary>
/// <param name="Connection">What the instance told.</param>
/// <param name="SessionId">The session it opened. Null: it keeps none.</param>
internal sealed record HttpLink(InstanceConnection Connection, string? SessionId)
{
    public ProtocolEra Era => Connection.Era;

    /// <summary>The value of <c>MCP-Protocol-Version</c>. Null: the revision knows no such header.</summary>
    public string? VersionHeader { get; } = string.CompareOrdinal(Connection.ProtocolVersion, FirstRevisionWithHeader) >= 0 ? Connection.ProtocolVersion : null;

    /// <summary>True when an answer made it doubtful whether the session lives: the next request asks first.</summary>
    public bool IsDoubted => Volatile.Read(ref _doubt) == Doubts.Raised;

    /// <summary>True when what sounds like a lost session is not listened to.</summary>
    public bool IgnoresDoubts => Volatile.Read(ref _doubt) == Doubts.Ignored;

    /// <summary>An answer sounded like a lost session, and may have meant anything.</summary>
    public void RaiseDoubt() => Interlocked.CompareExchange(ref _doubt, Doubts.Raised, Doubts.None);

    /// <summary>The session was asked, and lives.</summary>
    public void SettleDoubt() => Interlocked.CompareExchange(ref _doubt, Doubts.None, Doubts.Raised);

    /// <summary>This server says so also of a session it has just opened: its words mean nothing.</summary>
    public void IgnoreDoubts() => Volatile.Write(ref _doubt, Doubts.Ignored);

    private int _doubt;

    private static class Doubts
    {
        public const int None = 0;
        public const int Raised = 1;
        public const int Ignored = 2;
    }

    private const string FirstRevisionWithHeader = "2025-06-18";
}
