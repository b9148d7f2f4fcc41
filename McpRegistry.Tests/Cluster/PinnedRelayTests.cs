using System.Net;

using McpRegistry.Core.Catalog;
using McpRegistry.Core.Cluster;
using McpRegistry.Core.Cluster.Relaying;
using McpRegistry.Core.Json;
using McpRegistry.Core.Upstream;
using McpRegistry.Tests.Cluster.Fakes;
using McpRegistry.Tests.Fakes;
using McpRegistry.Tests.Mcp;

using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Time.Testing;

namespace McpRegistry.Tests.Cluster;

/// <summary>Both ends of the hop from a replica to the owner of a service.</summary>
public sealed class PinnedRelayTests
{
    private const string Read = "\"name\":\"read\",\"arguments\":{}";
    private const string Self = "01234567";
    private const string Sender = "89abcdef";

    // Without a key it only names who and whom.
    private static readonly (string, string) Relayed = (RelaySeal.Header, $"v0.owner.{Sender}.{Self}");

    [Fact]
    public async Task A_replica_without_children_of_the_service_says_421_and_executes_nothing()
    {
        await using var host = await StartAsync();
        host.State.Put(FakeServices.Service("files", FakeServices.Catalog("files", "read")) with { Instances = [] });

        var answer = await host.ModernAsync("tools/call", Read, "read", "/mcp/files", Relayed);
        var unknown = await host.ModernAsync("tools/call", Read, "read", "/mcp/other", Relayed);
        var whole = await host.ModernAsync("tools/list", path: "/mcp", more: Relayed);

        Assert.Equal(HttpStatusCode.MisdirectedRequest, answer.Status);
        Assert.Equal(HttpStatusCode.MisdirectedRequest, unknown.Status);
        Assert.Equal(HttpStatusCode.MisdirectedRequest, whole.Status);
        Assert.Empty(host.Dispatcher.Calls);
    }

    [Fact]
    public async Task A_relayed_call_is_marked_so_that_it_stays()
    {
        await using var host = await StartAsync();

        await host.ModernAsync("tools/call", Read, "read", "/mcp/files", Relayed);
        await host.ModernAsync("tools/call", Read, "read", "/mcp/files");

        Assert.Equal([true, false], host.Dispatcher.Calls.Select(one => one.Call.IsRelayed));
    }

    [Fact]
    public async Task An_owner_introduces_a_service_when_it_knows_it()
    {
        await using var host = await StartAsync();
        Assert.Equal(HttpStatusCode.OK, (await host.ModernAsync("server/discover", path: "/mcp/files", more: Relayed)).Status);

        host.State.Put(FakeServices.Service("files", ServiceCatalog.Empty));

        var early = await host.ModernAsync("server/discover", path: "/mcp/files", more: Relayed);
        Assert.Equal((HttpStatusCode.ServiceUnavailable, ""), (early.Status, early.Body));
        Assert.Equal(HttpStatusCode.OK, (await host.ModernAsync("server/discover", path: "/mcp/files")).Status);
    }

    [Theory]
    [InlineData(UpstreamOutcome.ConnectFailed, 1)]
    [InlineData(UpstreamOutcome.Refused, 1)]
    [InlineData(UpstreamOutcome.Overloaded, 0)]
    public async Task An_owner_that_does_not_take_a_call_is_doubted(UpstreamOutcome outcome, int doubts)
    {
        var counted = 0;
        var owner = new FakeInstanceClient { Answer = (_, _) => ValueTask.FromResult(UpstreamReply.NotSent(outcome, "no")) };
        await using var relay = new OwnerRelayClient(owner, () => counted++, new FakeTimeProvider());

        using var reply = await relay.SendAsync(new UpstreamRequest { Method = "tools/call", Params = RequestParams.Empty }, default);

        Assert.Equal((outcome, doubts), (reply.Outcome, counted));
    }

    [Fact]
    public async Task An_owner_that_is_not_ready_yet_is_asked_again_until_it_is()
    {
        var time = new SteppedClock();
        var owner = new SlowOwner(refusals: 3);
        await using var relay = new OwnerRelayClient(owner, () => { }, time);

        var connecting = relay.ConnectAsync(default);
        await time.UntilAsync(() => connecting.IsCompleted, "it is connected", TimeSpan.FromMilliseconds(20));
        await connecting;

        Assert.Equal(4, owner.Asked);
    }

    private static Task<McpTestHost> StartAsync()
    {
        var replicas = new FakeReplicas();
        replicas.Addresses[Sender] = new Uri("http://127.0.0.1:1");
        return McpTestHost.StartAsync(services: services => services.AddSingleton(replicas.DirectoryOf(Self)).AddSingleton<RelaySeal>());
    }

    private sealed class SlowOwner(int refusals) : IInstanceClient
    {
        public int Asked { get; private set; }

        public InstanceConnection? Connection => null;

        public Task ConnectAsync(CancellationToken cancellationToken) =>
            ++Asked <= refusals ? Task.FromException(new UpstreamException("it is not ready (HTTP 503)")) : Task.CompletedTask;

        public ValueTask<UpstreamReply> SendAsync(UpstreamRequest request, CancellationToken cancellationToken) => throw new NotSupportedException();

        public ValueTask DisposeAsync() => ValueTask.CompletedTask;
    }
}
