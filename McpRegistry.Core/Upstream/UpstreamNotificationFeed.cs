namespace McpRegistry.Core.Upstream;

/// <summary>Where instances leave the notifications that belong to no request in flight.</summary>
internal sealed class UpstreamNotificationFeed : IUpstreamNotificationFeed
{
    public event Action<string, string, ReadOnlyMemory<byte>>? Notified;

    public void Publish(string service, string method, ReadOnlyMemory<byte> message) => Notified?.Invoke(service, method, message);
}
