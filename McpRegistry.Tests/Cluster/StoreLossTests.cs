using McpRegistry.Core.Registration;
using McpRegistry.Tests.Cluster.Fakes;

using Microsoft.Extensions.Logging;

using static McpRegistry.Tests.State.LiveRegistry;

namespace McpRegistry.Tests.Cluster;

/// <summary>The store comes back with something else than it had.</summary>
public sealed class StoreLossTests : IAsyncDisposable
{
    private readonly FakeCluster _cluster = new();

    private FakeSharedStore Store => _cluster.Store;

    [Fact]
    public async Task A_first_start_makes_the_first_generation_and_those_who_come_later_take_what_is_there()
    {
        var (a, _) = await _cluster.StartAsync();
        Assert.Equal(1, Store.Position!.Value.Generation);
        await a.Registry.RegisterAsync(Http("x", 1), default);

        var (b, _) = await _cluster.StartAsync();

        Assert.Equal(["x"], b.Names);
        Assert.Equal(1, Store.Position!.Value.Generation);
        Assert.Single(_cluster.Log.Of("StoreFirstUsed"));
    }

    [Fact]
    public async Task An_emptied_store_gets_everything_back_once_and_the_log_says_so()
    {
        var (a, _) = await _cluster.StartAsync();
        var (b, _) = await _cluster.StartAsync();
        foreach (var port in Enumerable.Range(1, 10)) await a.Registry.RegisterAsync(Http($"s{port}", port), default);
        await a.Registry.SetDrainingAsync("s1", "127.0.0.1-1", true, default);
        await a.Registry.ApplySourceAsync(RegistrationOrigin.File, [Http("of-the-file", 99)], default);
        await b.Registry.ApplySourceAsync(RegistrationOrigin.File, [Http("of-the-file", 99)], default);
        await _cluster.UntilAsync(() => b.Instances("s1") is [{ IsDraining: true }] && b.View.Position == Store.Position, "both know all");
        var instance = b.Instances("s1")[0];

        Store.SetUp(false);
        Store.Empty();
        Store.SetUp(true);
        await _cluster.UntilAsync(() => a.Freshness.IsInStep && b.Freshness.IsInStep, "both are in step");

        Assert.Equal(2, Store.Position!.Value.Generation);
        Assert.Equal(10, Store.Content.Registrations.Length);
        Assert.Equal("s1/127.0.0.1-1", Assert.Single(Store.Content.Drained).ToString());
        Assert.Same(instance, b.Instances("s1")[0]);
        var line = Assert.Single(_cluster.Log.Of("StoreRestored"));
        Assert.StartsWith("Warning", line, StringComparison.Ordinal);
        Assert.Contains("10 registrations were put back or right: generation 2 begins with 10 registrations and 1 drained instances", line, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_store_emptied_under_an_open_connection_takes_no_writes_and_gets_everything_back()
    {
        var (a, _) = await _cluster.StartAsync(poll: TimeSpan.FromSeconds(10));
        await a.Registry.RegisterAsync(Http("x", 1), default);
        await _cluster.InStepAsync(a);

        Store.Empty();
        Assert.Equal(RegistryResultKind.StoreUnavailable, (await a.Registry.AddInstanceAsync("x", new Uri("http://127.0.0.1:2"), default)).Kind);

        await _cluster.UntilAsync(() => Store.Position is { Generation: 2 }, "it has everything back");
        Assert.Equal(["x"], Store.Names);
        Assert.Equal(["x"], a.Names);
    }

    [Fact]
    public async Task An_older_state_is_replaced_and_what_was_removed_stays_removed()
    {
        var (a, _) = await _cluster.StartAsync();
        var (b, _) = await _cluster.StartAsync();
        await a.Registry.RegisterAsync(Http("removed", 1), default);
        await a.Registry.RegisterAsync(Http("changed", 2), default);
        await _cluster.InStepAsync(a, b);
        var backup = Store.Content;
        await a.Registry.RegisterAsync(Http("added", 3), default);
        await b.Registry.RemoveAsync("removed", default);
        await _cluster.InStepAsync(a, b);
        await a.Registry.AddInstanceAsync("changed", new Uri("http://127.0.0.1:4"), default);
        await _cluster.InStepAsync(a, b);

        Store.SetUp(false);
        Store.Content = backup;
        Store.SetUp(true);
        await _cluster.InStepAsync(a, b);

        Assert.Equal(["added", "changed"], Store.Names);
        Assert.Equal(2, Store.Content.Registrations.Single(one => one.Name == "changed").Version);
        Assert.Equal(2, Store.Position!.Value.Generation);
        Assert.Contains("came back older", Assert.Single(_cluster.Log.Of("StoreRestored")), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Also_an_older_generation_is_known_to_be_older()
    {
        var (a, way) = await _cluster.StartAsync();
        await a.Registry.RegisterAsync(Http("removed", 1), default);
        await a.Registry.RegisterAsync(Http("kept", 1), default);
        await _cluster.InStepAsync(a);
        var backup = Store.Content;
        await LoseAsync(way, () => Store.Empty());
        await _cluster.InStepAsync(a);
        await a.Registry.RemoveAsync("removed", default);
        await _cluster.InStepAsync(a);

        await LoseAsync(way, () => Store.Content = backup);
        await _cluster.InStepAsync(a);

        Assert.Equal(["kept"], Store.Names);
        Assert.Equal(3, Store.Position!.Value.Generation);
    }

    [Fact]
    public async Task The_operator_can_have_an_emptied_store_accepted()
    {
        var (a, _) = await _cluster.StartAsync(acceptEmpty: true);
        await a.Registry.RegisterAsync(Http("x", 1), default);
        await a.Registry.ApplySourceAsync(RegistrationOrigin.File, [Http("of-the-file", 9)], default);
        await _cluster.UntilAsync(() => a.View.Position == Store.Position, "it is in step");

        Store.SetUp(false);
        Store.Empty();
        Store.SetUp(true);
        await _cluster.UntilAsync(() => a.Freshness.IsInStep, "it is in step again");

        Assert.Equal(["of-the-file"], a.Names);
        Assert.Empty(Store.Names);
        Assert.Single(_cluster.Log.Of("StoreAccepted"));
        // Those who were away meanwhile do not put it back.
        var (b, _) = await _cluster.StartAsync(snapshot: "0.json");
        Assert.Empty(b.Names);
        Assert.Empty(Store.Names);
    }

    [Fact]
    public async Task The_operator_can_have_an_older_store_accepted()
    {
        var (a, way) = await _cluster.StartAsync(acceptEmpty: true);
        await a.Registry.RegisterAsync(Http("old", 1), default);
        await _cluster.InStepAsync(a);
        var backup = Store.Content;
        await a.Registry.RegisterAsync(Http("new", 2), default);
        await _cluster.InStepAsync(a);

        await LoseAsync(way, () => Store.Content = backup);
        await _cluster.InStepAsync(a);

        Assert.Equal(["old"], a.Names);
        Assert.Single(_cluster.Log.Of("StoreAccepted"));
    }

    [Fact]
    public async Task Who_knows_more_than_the_one_that_filled_the_store_adds_it_and_who_knows_less_does_not()
    {
        var (less, wayOfLess) = await _cluster.StartAsync();
        var (more, wayOfMore) = await _cluster.StartAsync();
        var (least, wayOfLeast) = await _cluster.StartAsync();
        await less.Registry.RegisterAsync(Http("base", 1), default);
        await less.Registry.RegisterAsync(Http("removed", 2), default);
        await _cluster.InStepAsync(less, more, least);
        wayOfLeast.IsDeaf = true;
        await less.Registry.RemoveAsync("removed", default);
        await _cluster.InStepAsync(less, more);
        wayOfLess.IsDeaf = true;
        await more.Registry.RegisterAsync(Http("late", 3), default);
        await more.Registry.AddInstanceAsync("base", new Uri("http://127.0.0.1:4"), default);
        await _cluster.InStepAsync(more);
        Assert.Equal(["base", "removed"], least.Names);
        Assert.Equal(["base"], less.Names);

        // The one that knows less is first, and goes on with what it has.
        Store.SetUp(false);
        Store.Empty();
        wayOfLess.IsDeaf = wayOfLeast.IsDeaf = false;
        wayOfLess.SetUp(true);
        await _cluster.InStepAsync(less);
        await less.Registry.RegisterAsync(Http("later", 5), default);
        wayOfMore.SetUp(true);
        await _cluster.InStepAsync(less, more);
        wayOfLeast.SetUp(true);
        await _cluster.InStepAsync(less, more, least);

        Assert.Equal(["base", "late", "later"], Store.Names);
        Assert.Equal(2, Store.Content.Registrations.Single(one => one.Name == "base").Version);
        Assert.Equal(3, Store.Position!.Value.Generation);
        Assert.Equal(2, _cluster.Log.Of("StoreRestored").Count);
    }

    [Fact]
    public async Task What_a_stranger_put_into_the_emptied_store_stays_there_too()
    {
        var (a, way) = await _cluster.StartAsync();
        await a.Registry.RegisterAsync(Http("mine", 1), default);
        await _cluster.InStepAsync(a);
        way.SetUp(false);
        Store.Empty();
        var (stranger, _) = await _cluster.StartAsync();
        await stranger.Registry.RegisterAsync(Http("theirs", 2), default);

        way.SetUp(true);
        await _cluster.InStepAsync(a, stranger);

        Assert.Equal(["mine", "theirs"], Store.Names);
    }

    [Fact]
    public async Task A_write_that_was_acknowledged_and_lost_before_anybody_heard_of_it_is_made_again()
    {
        var (writer, wayOfWriter) = await _cluster.StartAsync();
        var (other, wayOfOther) = await _cluster.StartAsync();
        await writer.Registry.RegisterAsync(Http("gone", 1), default);
        await writer.Registry.RegisterAsync(Http("drained", 2), default);
        await _cluster.InStepAsync(writer, other);
        wayOfWriter.IsDeaf = wayOfOther.IsDeaf = true;
        await writer.Registry.RegisterAsync(Http("last-words", 3), default);
        await writer.Registry.RemoveAsync("gone", default);
        await writer.Registry.SetDrainingAsync("drained", "127.0.0.1-2", true, default);

        Store.SetUp(false);
        Store.Empty();
        wayOfWriter.IsDeaf = wayOfOther.IsDeaf = false;
        wayOfOther.SetUp(true);
        await _cluster.UntilAsync(() => Store.Position is not null, "the other has filled the store");
        wayOfWriter.SetUp(true);
        await _cluster.InStepAsync(writer, other);

        Assert.Equal(["drained", "last-words"], Store.Names);
        Assert.True(other.Instances("drained")[0].IsDraining);
    }

    [Fact]
    public async Task A_failover_to_a_copy_without_the_last_write_keeps_it()
    {
        var (a, way) = await _cluster.StartAsync();
        await a.Registry.RegisterAsync(Http("x", 1), default);
        await _cluster.InStepAsync(a);
        var copy = Store.Content;
        way.IsDeaf = true;
        await a.Registry.RegisterAsync(Http("y", 2), default);
        way.IsDeaf = false;

        await LoseAsync(way, () => Store.Content = copy);
        await _cluster.InStepAsync(a);

        Assert.Equal(["x", "y"], Store.Names);
    }

    [Fact]
    public async Task Many_that_find_the_store_empty_at_once_fill_it_once()
    {
        var ways = new List<(Replica Replica, FakeSharedRegistry Way)>();
        for (var i = 0; i < 5; i++) ways.Add(await _cluster.StartAsync());
        await ways[0].Replica.Registry.RegisterAsync(Http("x", 1), default);
        await _cluster.InStepAsync([.. ways.Select(one => one.Replica)]);

        Store.SetUp(false);
        Store.Empty();
        Store.SetUp(true);
        await _cluster.InStepAsync([.. ways.Select(one => one.Replica)]);

        Assert.Equal(2, Store.Position!.Value.Generation);
        Assert.Single(_cluster.Log.Of("StoreRestored"));
        Assert.Empty(_cluster.Log.Of(LogLevel.Error));
    }

    public ValueTask DisposeAsync() => _cluster.DisposeAsync();

    private static async Task LoseAsync(FakeSharedRegistry way, Action loss)
    {
        way.SetUp(false);
        await Task.Yield();
        loss();
        way.SetUp(true);
    }
}
