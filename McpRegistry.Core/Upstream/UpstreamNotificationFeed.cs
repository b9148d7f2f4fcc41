namespace McpRegistry.Core.Upstream;

/// <summary>Hears notifications of upstreams that belong to no call (log messages, resource updates).</summary>
/// <param name="service">The service that sent it.</param>
/// <param name="method">Its method.</param>
/// <param name="message">The whole message; valid only during the call.</param>
public delegate void UpstreamNotification(string service, string method, ReadOnlyMemory<byte> message);

/// <summary>Where the faces hear of notifications of upstreams that belong to no call.</summary>
public sealed class UpstreamNotificationFeed
{
    /// <summary>Raised on the reading thread of an upstream: handlers must return at once.</summary>
    public event UpstreamNotification? Received;

    /// <summary>Tells the handlers.</summary>
    public void Publish(string service, string method, ReadOnlyMemory<byte> message) => Received?.Invoke(service, method, message);
}
