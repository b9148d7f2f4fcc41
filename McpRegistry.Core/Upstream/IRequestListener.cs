namespace McpRegistry.Core.Upstream;

/// <summary>Hears the notifications that belong to one request in flight.</summary>
public interface IRequestListener
{
    /// <summary>A notification came (<c>notifications/progress</c>, <c>notifications/message</c>). It carries our progress token; the listener puts the client's there.</summary>
    /// <param name="method">Its method.</param>
    /// <param name="message">The whole message; valid until the returned task ends. Awaited before the next message of the request is read.</param>
    ValueTask NotifiedAsync(string method, ReadOnlyMemory<byte> message);
}
