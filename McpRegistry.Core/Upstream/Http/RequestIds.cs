namespace McpRegistry.Core.Upstream.Http;

/// <summary>The JSON-RPC ids of one client: every request of an instance, and every attempt, has its own.</summary>
internal sealed class RequestIds
{
    private long _last;

    public long Next() => Interlocked.Increment(ref _last);
}
