using System.Collections.Concurrent;

using McpRegistry.Core.Cluster;
using McpRegistry.Tests.Cluster.Fakes;
using McpRegistry.Tests.Fakes;

using Microsoft.Extensions.Logging.Abstractions;

namespace McpRegistry.Tests.Cluster;

/// <summary>Who runs the children of a pinned service, as two replicas learn it from one store.</summary>
public sealed class PinnedLeaseTests : IAsyncLifetime
{
    private const string Service = "notes";
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(30);
    private static readonly TimeSpan Step = TimeSpan.FromMilliseconds(100);

    private readonly SteppedClock _time = new();
    private readonly MemoryLeaseStore _store;
    private readonly List<Replica> _replicas = [];
    private volatile bool _isUp = true;

    public PinnedLeaseTests() => _store = new MemoryLeaseStore(_time);

    public Task InitializeAsync() => Task.CompletedTask;

    public async Task DisposeAsync()
    {
        _store.Recover();
        await Task.WhenAll(_replicas.Select(one => one.Lease.DisposeAsync().AsTask())).WaitAsync(Patience);
    }

    [Fact]
    public async Task The_first_runs_it_and_the_second_knows_where()
    {
        var one = await StartOwnerAsync("one");
        var two = Start("two");

        await UntilAsync(() => two.Owner == one.AsSeenByOthers, "the second knows the first");
        Assert.Equal("one", _store.OwnerOf(OwnerLease.NameOf(Service)));
        await PassAsync(TimeSpan.FromMinutes(2));

        Assert.Equal(new StdioOwner("one", null), one.Owner);
        Assert.Equal(one.AsSeenByOthers, two.Owner);
    }

    [Fact]
    public async Task An_owner_that_stops_is_followed_within_two_seconds()
    {
        var one = await StartOwnerAsync("one");
        var two = Start("two");
        await UntilAsync(() => two.Owner == one.AsSeenByOthers, "the second knows the first");

        await one.Lease.DisposeAsync();
        var taken = await UntilAsync(() => two.Owner is { IsSelf: true }, "the second has it");

        Assert.True(taken <= TimeSpan.FromSeconds(2), $"It took {taken}.");
    }

    [Fact]
    public async Task An_owner_of_which_nothing_is_heard_is_followed_within_seventeen_seconds()
    {
        var one = await StartOwnerAsync("one");
        var two = Start("two");
        await UntilAsync(() => two.Owner == one.AsSeenByOthers, "the second knows the first");

        _store.Hang("one");
        var taken = await UntilAsync(() => two.Owner is { IsSelf: true }, "the second has it");

        Assert.True(taken <= TimeSpan.FromSeconds(17), $"It took {taken}.");
    }

    [Fact]
    public async Task While_the_store_is_away_nothing_changes_and_afterwards_the_owner_is_the_first_to_have_it()
    {
        var one = await StartOwnerAsync("one");
        var two = Start("two");
        await UntilAsync(() => two.Owner == one.AsSeenByOthers, "the second knows the first");
        var (heardByOne, heardByTwo) = (one.Heard.Count, two.Heard.Count);

        (_store.IsAway, _isUp) = (true, false);
        await PassAsync(TimeSpan.FromMinutes(3));
        _store.Forget();
        (_store.IsAway, _isUp) = (false, true);
        await PassAsync(TimeSpan.FromSeconds(30));

        Assert.Equal("one", _store.OwnerOf(OwnerLease.NameOf(Service)));
        Assert.Equal((heardByOne, heardByTwo), (one.Heard.Count, two.Heard.Count));
    }

    [Fact]
    public async Task An_owner_that_finds_another_in_its_place_steps_back()
    {
        var one = await StartOwnerAsync("one");
        one.Replicas.Known["three"] = new Uri("http://127.0.0.1:3");

        _store.Forget();
        await _store.TryTakeAsync(OwnerLease.NameOf(Service), "three", TimeSpan.FromHours(1), 0, default);
        await UntilAsync(() => one.Owner is { Replica: "three" }, "the first knows the third");

        Assert.Equal(new StdioOwner("three", new Uri("http://127.0.0.1:3")), one.Owner);
    }

    [Fact]
    public async Task An_owner_whose_address_is_not_known_is_nobody_until_it_is()
    {
        await _store.TryTakeAsync(OwnerLease.NameOf(Service), "late", TimeSpan.FromHours(1), 0, default);
        var one = Start("one");
        await UntilAsync(() => !one.Heard.IsEmpty, "the first has looked");
        Assert.Null(one.Owner);

        one.Replicas.Known["late"] = new Uri("http://127.0.0.1:9");

        var found = await UntilAsync(() => one.Owner is not null, "the address is found");
        Assert.True(found <= TimeSpan.FromSeconds(2), $"It took {found}.");
    }

    [Fact]
    public async Task An_owner_that_left_the_directory_is_still_where_it_was()
    {
        var one = await StartOwnerAsync("one");
        var two = Start("two");
        await UntilAsync(() => two.Owner == one.AsSeenByOthers, "the second knows the first");

        two.Replicas.Known.Clear();
        await PassAsync(TimeSpan.FromMinutes(1));

        Assert.Equal(one.AsSeenByOthers, two.Owner);
    }

    [Fact]
    public void The_more_a_replica_runs_the_longer_it_lets_others_come_first_up_to_a_second()
    {
        var terms = TermsOf(new FakeDirectory("one"));
        var before = terms.Hesitation();
        for (var held = 0; held < 500; held++) terms.Count(1);

        Assert.True(before <= TimeSpan.FromSeconds(0.1), $"{before}");
        Assert.InRange(terms.Hesitation(), TimeSpan.FromSeconds(0.85), TimeSpan.FromSeconds(1));
    }

    private async Task<Replica> StartOwnerAsync(string id)
    {
        var replica = Start(id);
        await UntilAsync(() => replica.Owner is { IsSelf: true }, $"{id} has it");
        return replica;
    }

    private Replica Start(string id)
    {
        var directory = new FakeDirectory(id);
        foreach (var other in _replicas)
        {
            directory.Known[other.Replicas.Self] = other.AsSeenByOthers.Address!;
            other.Replicas.Known[id] = new Uri($"http://127.0.0.1:{100 + _replicas.Count}");
        }

        var replica = new Replica(directory, new StdioOwner(id, new Uri($"http://127.0.0.1:{100 + _replicas.Count}")));
        replica.Lease = new OwnerLease(Service, TermsOf(directory), replica.Heard.Enqueue);
        _store.Released += _ => replica.Lease.Wake();
        _replicas.Add(replica);
        return replica;
    }

    private OwnerLeaseTerms TermsOf(FakeDirectory replicas) => new(_store, () => _isUp, replicas, _time, new Random(1), NullLogger<OwnerLease>.Instance);

    private Task PassAsync(TimeSpan duration) => _time.PassAsync(duration, 5 * Step);

    /// <summary>How long by the clock of the test.</summary>
    private Task<TimeSpan> UntilAsync(Func<bool> isTrue, string what) => _time.UntilAsync(isTrue, what, Step);

    private sealed record Replica(FakeDirectory Replicas, StdioOwner AsSeenByOthers)
    {
        public ConcurrentQueue<StdioOwner?> Heard { get; } = new();

        public StdioOwner? Owner => Heard.LastOrDefault();

        public OwnerLease Lease { get; set; } = null!;
    }
}
