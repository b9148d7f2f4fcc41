namespace McpRegistry.Core.Upstream;

/// <summary>Where instances leave the notifications that belong to no request in flight, and say that they are connected.</summary>
internal sealed class UpstreamNotificationFeed : IUpstreamNotificationFeed
{
    public event Action<string, string, ReadOnlyMemory<byte>>? Notified;

    public event Action<string>? Connected;

    public void Publish(string service, string method, ReadOnlyMemory<byte> message) => Notified?.Invoke(service, method, message);

    public void PublishConnected(string service) => Connected?.Invoke(service);
}
