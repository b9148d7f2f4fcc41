using McpRegistry.Core.Registration;
using McpRegistry.Tests.Cluster.Fakes;

using Microsoft.Extensions.Logging;

using static McpRegistry.Tests.State.LiveRegistry;

namespace McpRegistry.Tests.Cluster;

public sealed class RegistrySyncTests : IAsyncDisposable
{
    private readonly FakeCluster _cluster = new();

    [Fact]
    public async Task What_one_replica_registers_changes_drains_and_removes_the_others_follow()
    {
        var (a, _) = await _cluster.StartAsync();
        var (b, way) = await _cluster.StartAsync();
        var readAtStart = way.FullReads;

        await a.Registry.RegisterAsync(Http("x", 1), default);
        await _cluster.UntilAsync(() => b.Instances("x").Length == 1, "the service is served by the other");
        await a.Registry.AddInstanceAsync("x", new Uri("http://127.0.0.1:2"), default);
        await _cluster.UntilAsync(() => b.Instances("x").Length == 2, "the instance is known to the other");
        await a.Registry.SetDrainingAsync("x", "127.0.0.1-2", true, default);
        await _cluster.UntilAsync(() => b.Instances("x")[1].IsDraining, "the instance is drained at the other");
        await b.Registry.SetDrainingAsync("x", "127.0.0.1-2", false, default);
        await _cluster.UntilAsync(() => !a.Instances("x")[1].IsDraining, "the instance is back at the first");
        await b.Registry.RemoveAsync("x", default);
        await _cluster.UntilAsync(() => !a.Names.Any(), "the service is gone at the first");

        Assert.Equal(readAtStart, way.FullReads);
        await _cluster.InStepAsync(a, b);
    }

    [Fact]
    public async Task Many_registrations_are_read_by_name_and_each_about_once()
    {
        var (a, _) = await _cluster.StartAsync();
        var (b, way) = await _cluster.StartAsync();
        var readAtStart = way.FullReads;

        for (var burst = 0; burst < 50; burst++)
        {
            for (var i = 0; i < 20; i++) await a.Registry.RegisterAsync(Http($"s{burst}-{i}", 1), default);
            var expected = (burst + 1) * 20;
            await _cluster.UntilAsync(() => b.State.Current.Services.Count == expected, "the burst was read");
        }

        Assert.Equal(readAtStart, way.FullReads);
        Assert.InRange(way.NamedReads.Sum(names => names.Length), 1000, 1100);
    }

    [Fact]
    public async Task A_burst_of_more_than_is_worth_naming_is_read_at_once()
    {
        var (a, _) = await _cluster.StartAsync();
        var (b, way) = await _cluster.StartAsync();
        var readAtStart = way.FullReads;

        for (var i = 0; i < 600; i++) await a.Registry.RegisterAsync(Http($"s{i}", 1), default);
        await _cluster.InStepAsync(a, b);

        Assert.Equal(readAtStart + 1, way.FullReads);
    }

    [Fact]
    public async Task A_message_that_got_lost_is_noticed_with_the_next_one()
    {
        var (a, _) = await _cluster.StartAsync();
        var (b, way) = await _cluster.StartAsync();
        way.IsDeaf = true;
        await a.Registry.RegisterAsync(Http("lost", 1), default);
        way.IsDeaf = false;

        await a.Registry.RegisterAsync(Http("heard", 2), default);

        await _cluster.UntilAsync(() => b.Names.SequenceEqual(["heard", "lost"]), "both are there");
    }

    [Fact]
    public async Task A_message_that_got_lost_is_noticed_by_asking_now_and_then()
    {
        var (a, _) = await _cluster.StartAsync();
        var (b, way) = await _cluster.StartAsync(poll: TimeSpan.FromSeconds(10));
        way.IsDeaf = true;

        await a.Registry.RegisterAsync(Http("lost", 1), default);
        await _cluster.PassAsync(TimeSpan.FromSeconds(8));
        Assert.Empty(b.Names);
        await _cluster.UntilAsync(() => b.Names.SequenceEqual(["lost"]), "it is there");

        var reads = way.FullReads;
        await _cluster.PassAsync(TimeSpan.FromSeconds(60));
        Assert.Equal(reads, way.FullReads);
    }

    [Fact]
    public async Task It_goes_on_after_faults_of_any_kind_and_says_that_it_is_behind()
    {
        var (a, _) = await _cluster.StartAsync();
        var (b, way) = await _cluster.StartAsync();
        foreach (var fault in new Exception[] { new InvalidOperationException("bug"), new OperationCanceledException("not ours"), new Core.Storage.RegistryStoreException("slow") })
        {
            way.Fault = fault;
            await a.Registry.RegisterAsync(Http($"s{fault.Message.Length}", 1), default);
            await _cluster.UntilAsync(() => !b.Freshness.IsInStep, "it is behind");
            await _cluster.PassAsync(TimeSpan.FromSeconds(6));
            Assert.True(b.Freshness.StaleFor > TimeSpan.FromSeconds(5));
            Assert.Equal(RegistryResultKind.StoreUnavailable, (await b.Registry.RegisterAsync(Http("mine", 1), default)).Kind);

            way.Fault = null;
            await _cluster.InStepAsync(a, b);
            Assert.Null(b.Freshness.StaleFor);
        }

        Assert.NotEmpty(_cluster.Log.Of("SyncFault"));
        Assert.Equal("Warning StoreAway: The shared store cannot be read, slow Calls go on with what is known; registrations cannot be changed", Assert.Single(_cluster.Log.Of("StoreAway")));
    }

    [Fact]
    public async Task While_the_store_is_away_the_snapshot_stays_and_afterwards_it_catches_up()
    {
        var (a, wayOfA) = await _cluster.StartAsync();
        var (b, wayOfB) = await _cluster.StartAsync();
        await a.Registry.RegisterAsync(Http("x", 1), default);
        await _cluster.InStepAsync(a, b);

        wayOfB.SetUp(false);
        Assert.False(b.Freshness.IsInStep);
        Assert.Equal(RegistryResultKind.StoreUnavailable, (await b.Registry.RegisterAsync(Http("y", 2), default)).Kind);
        await a.Registry.RegisterAsync(Http("z", 3), default);
        await _cluster.PassAsync(TimeSpan.FromSeconds(60));
        Assert.Equal(["x"], b.Names);
        Assert.True(b.Freshness.StaleFor >= TimeSpan.FromSeconds(60));

        wayOfB.SetUp(true);
        await _cluster.InStepAsync(a, b);
        Assert.Equal(["x", "z"], b.Names);
        Assert.Equal(RegistryResultKind.Done, (await b.Registry.RegisterAsync(Http("y", 2), default)).Kind);
        Assert.True(wayOfA.IsUp);
    }

    [Fact]
    public async Task A_return_between_two_writes_closes_the_store_until_it_was_read()
    {
        var (a, way) = await _cluster.StartAsync();

        way.SetUp(false);
        way.SetUp(true);

        Assert.Equal(RegistryResultKind.StoreUnavailable, (await a.Registry.RegisterAsync(Http("x", 1), default)).Kind);
        await _cluster.InStepAsync(a);
        Assert.Equal(RegistryResultKind.Done, (await a.Registry.RegisterAsync(Http("x", 1), default)).Kind);
    }

    [Fact]
    public async Task Instances_that_two_replicas_add_at_once_are_all_kept()
    {
        var (a, _) = await _cluster.StartAsync();
        var (b, _) = await _cluster.StartAsync();
        await a.Registry.RegisterAsync(Http("x", 1), default);
        await _cluster.InStepAsync(a, b);

        await Task.WhenAll(Enumerable.Range(2, 40).Select(port => Task.Run(async () =>
        {
            var result = await (port % 2 == 0 ? a : b).Registry.AddInstanceAsync("x", new Uri($"http://127.0.0.1:{port}"), default);
            Assert.Equal(RegistryResultKind.Done, result.Kind);
        })));
        await _cluster.InStepAsync(a, b);

        Assert.Equal((41, 41), (a.Instances("x").Length, b.Instances("x").Length));
    }

    [Fact]
    public async Task A_service_of_the_file_hides_a_stored_one_until_it_goes()
    {
        var (a, _) = await _cluster.StartAsync();
        var (b, _) = await _cluster.StartAsync(poll: TimeSpan.FromSeconds(10));
        await b.Registry.ApplySourceAsync(RegistrationOrigin.File, [Http("x", 1)], default);

        await a.Registry.RegisterAsync(Http("x", 2), default);
        await a.Registry.RegisterAsync(Http("y", 3), default);
        await _cluster.UntilAsync(() => b.Instances("y").Length == 1, "the other one came");
        Assert.Equal(RegistrationOrigin.File, b.Registration("x").Origin);
        Assert.Single(_cluster.Log.Of("StoredServiceHidden"));

        await a.Registry.RemoveAsync("y", default);
        await _cluster.UntilAsync(() => b.Instances("y").Length == 0, "the other one went");
        Assert.Equal(RegistrationOrigin.File, b.Registration("x").Origin);
        await b.Registry.ApplySourceAsync(RegistrationOrigin.File, [], default);
        await _cluster.UntilAsync(() => b.Instances("x").Length == 1, "the stored one is served");
        Assert.Equal(RegistrationOrigin.Api, b.Registration("x").Origin);
    }

    [Fact]
    public async Task A_registration_that_cannot_be_used_here_holds_up_no_other()
    {
        var (a, _) = await _cluster.StartAsync();
        var strange = Http("strange", 1) with { Version = 1, Config = new ServiceConfig { LoadBalancing = "OfTheFuture" } };
        _cluster.Store.Change("strange", now => now with { Registrations = [strange, Http("good", 2) with { Version = 1 }] });
        _cluster.Store.Change("good", now => now);

        await _cluster.UntilAsync(() => a.Instances("good").Length == 1, "the good one is served");

        Assert.True(a.Freshness.IsInStep);
        Assert.Contains("strange", Assert.Single(_cluster.Log.Of("StoredServiceUnusable")), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_healthy_run_warns_of_nothing()
    {
        var (a, _) = await _cluster.StartAsync();
        var (b, _) = await _cluster.StartAsync();
        await a.Registry.RegisterAsync(Http("x", 1), default);
        await _cluster.InStepAsync(a, b);

        Assert.Empty(_cluster.Log.Of(LogLevel.Warning));
        Assert.Empty(_cluster.Log.Of(LogLevel.Error));
    }

    public ValueTask DisposeAsync() => _cluster.DisposeAsync();
}
