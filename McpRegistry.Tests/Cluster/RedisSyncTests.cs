using McpRegistry.Core.Registration;
using McpRegistry.Tests.Acceptance.Harness;
using McpRegistry.Tests.Cluster.Fakes;
using McpRegistry.Tests.Redis;
using McpRegistry.Tests.Storage;

using static McpRegistry.Tests.State.LiveRegistry;

using TemporaryFolder = McpRegistry.Tests.Storage.TemporaryFolder;

namespace McpRegistry.Tests.Cluster;

/// <summary>Two processes' registries on one real Redis.</summary>
public sealed class RedisSyncTests : IAsyncLifetime
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(20);

    private readonly TemporaryFolder _folder = new();
    private readonly List<IAsyncDisposable> _parts = [];
    private RedisServerProcess _server = null!;
    private Replica _a = null!;
    private Replica _b = null!;

    public async Task InitializeAsync()
    {
        if (RedisServerProcess.WhyNot is not null) return;
        _server = await RedisServerProcess.StartAsync();
        _a = await StartAsync("a.json");
        _b = await StartAsync("b.json");
    }

    public async Task DisposeAsync()
    {
        foreach (var part in Enumerable.Reverse(_parts)) await part.DisposeAsync();
        if (_server is not null) await _server.DisposeAsync();
        _folder.Dispose();
    }

    [RedisFact]
    public async Task What_one_registers_the_other_serves_at_once()
    {
        await _a.Registry.RegisterAsync(Http("x", 1) with { ApiKey = "canary" }, default);
        await Eventually.TrueAsync(() => _b.Instances("x").Length == 1, Patience, "the service is served by the other");
        Assert.True(RegistrationJson.SameAs(_a.Registration("x"), _b.Registration("x")));

        await _b.Registry.SetDrainingAsync("x", "127.0.0.1-1", true, default);
        await Eventually.TrueAsync(() => _a.Instances("x")[0].IsDraining, Patience, "the instance is drained at the first");
        await _b.Registry.RemoveAsync("x", default);
        await Eventually.TrueAsync(() => !_a.Names.Any(), Patience, "the service is gone at the first");
    }

    [RedisFact]
    public async Task A_Redis_that_was_killed_and_comes_back_empty_has_lost_nothing()
    {
        for (var i = 1; i <= 50; i++) Assert.Equal(RegistryResultKind.Done, (await _a.Registry.RegisterAsync(Http($"s{i}", i), default)).Kind);
        await _a.Registry.SetDrainingAsync("s7", "127.0.0.1-7", true, default);
        await Eventually.TrueAsync(() => _b.Names.Count() == 50 && _b.Instances("s7")[0].IsDraining, Patience, "both know all");

        await _server.KillAsync();
        await Eventually.TrueAsync(() => !_a.Freshness.IsInStep && !_b.Freshness.IsInStep, Patience, "both have noticed");
        Assert.Equal(RegistryResultKind.StoreUnavailable, (await _a.Registry.RegisterAsync(Http("late", 99), default)).Kind);
        await _server.RestartAsync(empty: true);
        await Eventually.TrueAsync(() => _a.Freshness.IsInStep && _b.Freshness.IsInStep, Patience, "both are in step again");

        Assert.Equal(50, _a.Names.Count());
        Assert.Equal(50, (int)await _server.ExecuteAsync("HLEN", "{mcpregistry}:registrations"));
        Assert.StartsWith("2 ", (string)(await _server.ExecuteAsync("GET", "{mcpregistry}:generation"))!, StringComparison.Ordinal);
        Assert.True(_b.Instances("s7")[0].IsDraining);
        Assert.Equal(RegistryResultKind.Done, (await _b.Registry.RegisterAsync(Http("late", 99), default)).Kind);
        await Eventually.TrueAsync(() => _a.Instances("late").Length == 1, Patience, "they follow each other again");
    }

    [RedisFact]
    public async Task A_Redis_that_holds_an_older_state_gets_the_newer_one_back()
    {
        await _a.Registry.RegisterAsync(Http("removed", 1), default);
        await _a.Registry.RegisterAsync(Http("kept", 2), default);
        string[] keys = ["generation", "version", "registrations"];
        foreach (var key in keys) await _server.ExecuteAsync("COPY", "{mcpregistry}:" + key, "{backup}:" + key);
        await _a.Registry.RemoveAsync("removed", default);
        await _a.Registry.RegisterAsync(Http("added", 3), default);
        await Eventually.TrueAsync(() => _b.Names.SequenceEqual(["added", "kept"]), Patience, "both know all");

        await _server.ExecuteAsync("EVAL", "for _, key in ipairs(ARGV) do redis.call('COPY', '{backup}:' .. key, '{mcpregistry}:' .. key, 'REPLACE') end", 0, keys[0], keys[1], keys[2]);
        await Eventually.TrueAsync(async () => ((string)(await _server.ExecuteAsync("GET", "{mcpregistry}:generation"))!).StartsWith("2 ", StringComparison.Ordinal), Patience, "there is a new generation");

        await Eventually.TrueAsync(() => _a.View.Position is { Generation: 2 } position && position == _b.View.Position && _a.Freshness.IsInStep && _b.Freshness.IsInStep, Patience, "both are in step");
        Assert.Equal(["added", "kept"], _a.Names);
        Assert.Equal(["added", "kept"], _b.Names);
        Assert.Equal(2, (int)await _server.ExecuteAsync("HLEN", "{mcpregistry}:registrations"));
    }

    [RedisFact]
    public async Task Instances_that_both_add_at_once_are_all_kept()
    {
        await _a.Registry.RegisterAsync(Http("x", 1), default);
        await Eventually.TrueAsync(() => _b.Instances("x").Length == 1, Patience, "both know it");

        var results = await Task.WhenAll(Enumerable.Range(2, 40).Select(port => (port % 2 == 0 ? _a : _b).Registry.AddInstanceAsync("x", new Uri($"http://127.0.0.1:{port}"), default)));

        Assert.All(results, result => Assert.Equal(RegistryResultKind.Done, result.Kind));
        await Eventually.TrueAsync(() => _a.Instances("x").Length == 41 && _b.Instances("x").Length == 41, Patience, "both have all");
    }

    [RedisFact]
    public async Task A_start_without_Redis_serves_what_the_disk_remembers_and_no_secret_lies_there_readable()
    {
        await _a.Registry.RegisterAsync(Http("x", 1) with { ApiKey = "canary-secret" }, default);
        // The other one, too: who comes back first after Redis forgot everything says what there was.
        await Eventually.TrueAsync(() => _a.View.Position?.Version > 1 && _b.Names.SequenceEqual(["x"]), Patience, "it was read back");
        await _a.StopAsync();
        await _server.KillAsync();

        Assert.DoesNotContain("canary-secret", await File.ReadAllTextAsync(_folder.File("a.json")), StringComparison.Ordinal);
        var again = await StartAsync("a.json");
        Assert.Equal("canary-secret", again.Registration("x").ApiKey);
        Assert.True(again.Freshness.IsLoaded);
        Assert.NotNull(again.Freshness.StaleFor);

        await _server.RestartAsync(empty: true);
        await Eventually.TrueAsync(() => again.Freshness.IsInStep && _b.Freshness.IsInStep, Patience, "they are in step");
        Assert.Equal(["x"], _b.Names);
        Assert.Equal(["x"], again.Names);
    }

    private async Task<Replica> StartAsync(string snapshot)
    {
        var process = RedisProcess.Create(_server.ConnectionString);
        _parts.Add(process);
        await process.Connection.OpenAsync(default);
        var replica = new Replica(process.Store, TimeProvider.System, _folder.File(snapshot), poll: TimeSpan.FromMilliseconds(500));
        _parts.Add(replica);
        await replica.StartAsync();
        return replica;
    }
}
