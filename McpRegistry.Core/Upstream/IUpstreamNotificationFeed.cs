namespace McpRegistry.Core.Upstream;

/// <summary>The notifications of all instances that belong to no request in flight, for whoever passes them on to clients.</summary>
public interface IUpstreamNotificationFeed
{
    /// <summary>A notification came: its service, its method, the whole message. The bytes are valid only during the call; handlers return at once.</summary>
    event Action<string, string, ReadOnlyMemory<byte>>? Notified;

    /// <summary>An instance of this service shook hands, the first time or again: what its connection was told before is gone. Handlers return at once.</summary>
    event Action<string>? Connected;
}
