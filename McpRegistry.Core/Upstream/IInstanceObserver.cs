namespace McpRegistry.Core.Upstream;

/// <summary>Hears what an instance does of itself. Calls must return at once; a throwing observer is a bug.</summary>
public interface IInstanceObserver
{
    /// <summary>Asked before <see cref="Connected"/>: why an instance with this handshake is not to be used, for people. Null: it is.</summary>
    string? RefusalOf(InstanceConnection connection) => null;

    /// <summary>A handshake was finished, the first or a later one.</summary>
    void Connected(InstanceConnection connection);

    /// <summary>The connection is gone: the child ended, the session was closed. A later <see cref="Connected"/> may follow.</summary>
    /// <param name="reason">Why, in words an operator may read (no output of the upstream).</param>
    void Disconnected(string reason);

    /// <summary>A stream of notifications that had ended is open again; what happened meanwhile was not heard.</summary>
    void ListensAgain() { }

    /// <summary>A subscription is open, the first of a connection or a later one.</summary>
    void Subscribed() { }

    /// <summary>A notification that belongs to no request in flight (<c>list_changed</c>, log messages, resource updates).</summary>
    /// <param name="method">Its method.</param>
    /// <param name="message">The whole message; valid only during the call.</param>
    void Notified(string method, ReadOnlyMemory<byte> message);
}
