namespace McpRegistry.Core.Upstream.Channels;

/// <summary>A message did not end within the limit.</summary>
/// <param name="limit">The limit in bytes.</param>
/// <param name="id">The id of the request it answers, where its beginning tells; otherwise null.</param>
internal sealed class MessageTooLargeException(int limit, long? id) : Exception($"a message was larger than {limit} bytes")
{
    public long? Id { get; } = id;
}
