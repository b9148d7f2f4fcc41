using McpRegistry.Tests.Redis;

using ModelContextProtocol.Client;
using ModelContextProtocol.Protocol;

namespace McpRegistry.Tests.Mcp;

/// <summary>The C# client in a legacy revision behind a balancer that knows nothing of sessions.</summary>
public sealed class SdkClientReplicaTests
{
    [Fact]
    public async Task It_never_hears_that_its_session_is_unknown_while_replicas_come_and_go()
    {
        await using var hosts = new ReplicaHosts();
        await CallWhileTheyComeAndGoAsync(hosts);
        Assert.Empty(hosts.Shared.All);
    }

    [RedisFact]
    public async Task Nor_does_it_with_what_replicas_share_in_a_real_Redis()
    {
        await using var redis = await RedisServerProcess.StartAsync();
        await using var hosts = new ReplicaHosts(redis.ConnectionString);
        await CallWhileTheyComeAndGoAsync(hosts);
        Assert.Empty((string[])(await redis.ExecuteAsync("KEYS", "*:session:*"))!);
    }

    private static async Task CallWhileTheyComeAndGoAsync(ReplicaHosts hosts)
    {
        var balancer = new RoundRobin([await hosts.AddAsync(), await hosts.AddAsync()]);
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

            var leaving = balancer.Replace(round % 2, await hosts.AddAsync());
            await leaving.KillAsync();
        }

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
