using System.Collections.Immutable;
using System.Text.Json;

using McpRegistry.Core.Catalog;
using McpRegistry.Core.Cluster;
using McpRegistry.Core.State;
using McpRegistry.Core.Storage.Redis;
using McpRegistry.Tests.Acceptance.Harness;
using McpRegistry.Tests.Health;
using McpRegistry.Tests.Redis;
using McpRegistry.Tests.Storage;

using Microsoft.Extensions.Logging.Abstractions;

namespace McpRegistry.Tests.Cluster;

/// <summary>Gateways read lists again when the worker that leads has read others.</summary>
public sealed class LeaderCatalogTests : IAsyncLifetime
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(20);

    private readonly CancellationTokenSource _end = new();
    private readonly RegistryState _worker = new();
    private readonly RegistryState _gateway = new();
    private readonly HealthHarness.CatalogProbe _refreshes = new();
    private RedisServerProcess _server = null!;
    private RedisProcess _redis = null!;

    public async Task InitializeAsync()
    {
        if (RedisServerProcess.WhyNot is not null) return;
        _server = await RedisServerProcess.StartAsync();
        _redis = await LeaderRedis.OpenAsync(_server);
    }

    public async Task DisposeAsync()
    {
        await _end.CancelAsync();
        _end.Dispose();
        if (_server is null) return;
        await _redis.DisposeAsync();
        await _server.DisposeAsync();
    }

    [Fact]
    public void The_same_lists_have_the_same_hash_whatever_the_order_of_members()
    {
        var one = SharedCatalogHash.Of(Catalog("""{"name":"a","inputSchema":{"type":"object","required":["x","y"]}}"""));

        Assert.Equal(one, SharedCatalogHash.Of(Catalog("""{"inputSchema":{"required":["x","y"],"type":"object"},"name":"a"}""")));
        Assert.NotEqual(one, SharedCatalogHash.Of(Catalog("""{"name":"a","inputSchema":{"type":"object","required":["y","x"]}}""")));
        Assert.NotEqual(SharedCatalogHash.Of(new ServiceCatalog { Tools = Catalog("{}").Tools }), SharedCatalogHash.Of(new ServiceCatalog { Prompts = Catalog("{}").Tools }));
        Assert.Equal(64, one.Length);
    }

    [RedisFact]
    public async Task A_gateway_reads_again_once_for_each_hash_that_is_not_its_own()
    {
        var token = await TakeAsync();
        Put(_worker, "same", "1");
        Put(_gateway, "same", "1");
        Put(_worker, "differs", "1");
        Put(_gateway, "differs", "2");
        Put(_worker, "unread-here", "1");
        _gateway.Update("unread-here", _ => Instances.Service(Instances.Create(service: "unread-here")), (_, _) => null);
        var writing = new SharedCatalogWriter(_worker, Board, TimeProvider.System, NullLogger<SharedCatalogWriter>.Instance).RunAsync(token, _end.Token);
        await new SharedCatalogReader(_gateway, Board, _refreshes, TimeProvider.System, NullLogger<SharedCatalogReader>.Instance).StartAsync(_end.Token);
        await Eventually.TrueAsync(() => _refreshes.RequestsFor("differs") == 1, Patience, "what differs is asked for");

        // It goes on differing; only another hash is news.
        Put(_worker, "same", "2");
        await Eventually.TrueAsync(() => _refreshes.RequestsFor("same") == 1, Patience, "the next write is taken in");
        Assert.Equal((1, 0), (_refreshes.RequestsFor("differs"), _refreshes.RequestsFor("unread-here")));

        Put(_worker, "differs", "3");
        await Eventually.TrueAsync(() => _refreshes.RequestsFor("differs") == 2, Patience, "another hash is asked for");

        _worker.Remove("differs");
        await Eventually.TrueAsync(async () => !(await Board.ReadAsync(default)).ContainsKey("differs"), Patience, "what is gone is forgotten");
        Assert.False(writing.IsCompleted);

        await _server.ExecuteAsync("DEL", _redis.Connection.Key("lease:health"));
        await TakeAsync("next");
        Put(_worker, "same", "4");
        await writing.WaitAsync(Patience);
        Assert.Equal(SharedCatalogHash.Of(Catalog("""{"name":"2"}""")), (await Board.ReadAsync(default))["same"]);
    }

    private RedisCatalogBoard Board => new(_redis.Connection);

    private async Task<long> TakeAsync(string owner = "worker") =>
        (await new RedisLeases(_redis.Connection).TryTakeAsync(LeaderLease.Name, owner, LeaseTimes.Duration, 0, default)).Token;

    private static void Put(RegistryState state, string service, string tool) => state.Update(
        service,
        before => (before ?? Instances.Service(Instances.Create(service: service))) with { Catalog = Catalog($$"""{"name":"{{tool}}"}""") },
        (_, _) => new RegistryChange(RegistryChangeKind.CatalogChanged, service, 0, CatalogLists.Tools));

    private static ServiceCatalog Catalog(string definition) => new()
    {
        Tools = ImmutableArray.Create(new CatalogEntry { Kind = CatalogKind.Tool, Service = "alpha", Name = "a", ExposedName = "alpha__a", Definition = JsonElement.Parse(definition) }),
    };
}
