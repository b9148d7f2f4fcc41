namespace McpRegistry.Core.Upstream.Http;

internal sealed class LegacySseClient(HttpInstance instance) : IInstanceClient
{
    public InstanceConnection? Connection => null;

    public Task ConnectAsync(CancellationToken cancellationToken) => throw new UpstreamException("it speaks no MCP over HTTP at " + instance.Address);

    public ValueTask<UpstreamReply> SendAsync(UpstreamRequest request, CancellationToken cancellationToken) => default;

    public ValueTask DisposeAsync() => default;
}
