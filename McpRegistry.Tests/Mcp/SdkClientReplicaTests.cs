using ModelContextProtocol.Client;
using ModelContextProtocol.Protocol;

namespace McpRegistry.Tests.Mcp;

/// <summary>The C# client in a legacy revision behind a balancer that knows nothing of sessions.</summary>
public sealed class SdkClientReplicaTests : IAsyncLifetime
{
    private readonly ReplicaHosts _hosts = new();

    public Task InitializeAsync() => Task.CompletedTask;

    public async Task DisposeAsync() => await _hosts.DisposeAsync();

    [Fact]
    public async Task It_never_hears_that_its_session_is_unknown_while_replicas_come_and_go()
    {
        var balancer = new RoundRobin([await _hosts.AddAsync(), await _hosts.AddAsync()]);
        using var http = new HttpClient(balancer);
        await using var client = await McpClient.CreateAsync(
            new HttpClientTransport(new HttpClientTransportOptions { Endpoint = new Uri("http://balancer.test/mcp"), TransportMode = HttpTransportMode.StreamableHttp }, http, ownsHttpClient: false),
            new McpClientOptions { ProtocolVersion = "2025-11-25" }).WaitAsync(McpTestHost.Timeout);

        for (var round = 0; round < 4; round++)
        {
            for (var i = 0; i < 10; i++)
            {
                var result = await client.CallToolAsync("files__read", new Dictionary<string, object?> { ["path"] = "a" }).AsTask().WaitAsync(McpTestHost.Timeout);
                Assert.Equal("done", ((TextContentBlock)result.Content[0]).Text);
                Assert.Contains(await client.ListToolsAsync(), tool => tool.Name == "files__write");
            }

            var leaving = balancer.Replace(round % 2, await _hosts.AddAsync());
            await leaving.KillAsync();
        }

        Assert.Single(_hosts.Shared.All);
        Assert.Equal(0, balancer.Unknown);
    }

    private sealed class RoundRobin(ReplicaHost[] hosts) : DelegatingHandler(new SocketsHttpHandler())
    {
        private int _next;
        private int _unknown;

        /// <summary>How often a session was unknown.</summary>
        public int Unknown => _unknown;

        public ReplicaHost Replace(int index, ReplicaHost by) => Interlocked.Exchange(ref hosts[index], by);

        protected override async Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken)
        {
            var host = hosts[Interlocked.Increment(ref _next) % hosts.Length];
            request.RequestUri = new Uri(host.Mcp.Http.BaseAddress!, request.RequestUri!.PathAndQuery);
            var response = await base.SendAsync(request, cancellationToken);
            if (response.StatusCode == System.Net.HttpStatusCode.NotFound) Interlocked.Increment(ref _unknown);
            return response;
        }
    }
}
