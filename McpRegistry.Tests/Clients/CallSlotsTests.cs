using System.Net;

using McpRegistry.Core.Clients;
using McpRegistry.Core.State;

using Microsoft.Extensions.Time.Testing;

namespace McpRegistry.Tests.Clients;

public sealed class CallSlotsTests
{
    private static readonly ClientKey Hostile = ClientKey.Of(IPAddress.Parse("192.0.2.1"));
    private static readonly ClientKey Other = ClientKey.Of(IPAddress.Parse("192.0.2.2"));

    private readonly FakeTimeProvider _time = new();

    [Theory]
    [InlineData(64, 128)]
    [InlineData(16, 128)]
    [InlineData(1, 3)]
    public async Task One_client_alone_may_have_all_slots_and_the_whole_queue(int slots, int queue)
    {
        var load = new InstanceLoad(slots, queue);
        for (var i = 0; i < slots; i++) Assert.True(await EnterAsync(load, Hostile));
        var waiting = Enumerable.Range(0, queue).Select(_ => EnterAsync(load, Hostile)).ToList();

        Assert.Equal(slots, load.InFlight);
        Assert.DoesNotContain(waiting, one => one.IsCompleted);
        Assert.False(await EnterAsync(load, Hostile));
    }

    [Fact]
    public async Task Who_holds_or_left_behind_all_slots_keeps_no_other_client_out()
    {
        var load = await FullAsync(64, Hostile);

        for (var i = 0; i < 16; i++) Assert.True(await EnterAsync(load, Other));

        Assert.Equal(80, load.InFlight);
        Assert.False(EnterAsync(load, Other).IsCompleted);
        Assert.False(EnterAsync(load, ClientKey.Of(IPAddress.Parse("192.0.2.3"))).IsCompleted);
    }

    [Fact]
    public async Task Who_was_alone_before_others_came_and_is_again_counts_the_same()
    {
        var load = new InstanceLoad(64, 0);
        for (var round = 0; round < 3; round++)
        {
            // Each of the two is first in turn, and last.
            var (one, two) = round % 2 == 0 ? (Hostile, Other) : (Other, Hostile);
            for (var i = 0; i < 63; i++) Assert.True(await EnterAsync(load, one));
            Assert.True(await EnterAsync(load, two));
            for (var i = 0; i < 15; i++) Assert.True(await EnterAsync(load, two));
            Assert.False(await EnterAsync(load, two));
            Assert.False(await EnterAsync(load, one));
            for (var i = 0; i < 63; i++) load.Exit(_time, 0, answered: true, one);
            for (var i = 0; i < 16; i++) load.Exit(_time, 0, answered: true, two);
            Assert.Equal(0, load.InFlight);
        }
    }

    [Fact]
    public async Task A_session_that_left_its_calls_behind_keeps_no_other_of_its_machine_out()
    {
        var address = IPAddress.Loopback;
        var load = await FullAsync(16, ClientKey.Of(address, new object()));

        Assert.True(await EnterAsync(load, ClientKey.Of(address, new object())));
        // Without a session nothing tells it from the one with all slots.
        Assert.False(EnterAsync(load, ClientKey.Of(address)).IsCompleted);
    }

    [Theory]
    [InlineData(1)]
    [InlineData(3)]
    public async Task An_instance_with_few_slots_never_gets_more(int slots)
    {
        var load = await FullAsync(slots, Hostile);

        Assert.False(EnterAsync(load, Other).IsCompleted);
        Assert.Equal(slots, load.InFlight);
    }

    [Fact]
    public async Task A_slot_that_comes_free_goes_to_who_has_the_fewest()
    {
        var load = await FullAsync(2, Hostile);
        var own = EnterAsync(load, Hostile);
        var other = EnterAsync(load, Other);

        load.Exit(_time, 0, answered: true, Hostile);

        Assert.True(await other);
        Assert.False(own.IsCompleted);
        load.Exit(_time, 0, answered: true, Hostile);
        Assert.True(await own);
    }

    [Fact]
    public async Task A_full_queue_lets_go_of_who_has_the_most_in_it()
    {
        var load = await FullAsync(1, Hostile, queued: 3);
        var waiting = Enumerable.Range(0, 3).Select(_ => EnterAsync(load, Hostile)).ToList();

        var other = EnterAsync(load, Other);

        Assert.False(await waiting[2]);
        Assert.False(other.IsCompleted);
        Assert.Equal([false, false], waiting[..2].Select(one => one.IsCompleted));
    }

    [Fact]
    public async Task Who_gives_up_waiting_leaves_no_slot_behind()
    {
        var load = await FullAsync(1, Hostile);
        using var stop = new CancellationTokenSource();
        var cancelled = load.TryEnterAsync(_time, TimeSpan.FromMinutes(1), stop.Token, Other).AsTask();
        var late = EnterAsync(load, Other);

        await stop.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => cancelled);
        _time.Advance(TimeSpan.FromSeconds(6));
        Assert.False(await late);
        load.Exit(_time, 0, answered: false, Hostile);

        Assert.Equal(0, load.InFlight);
        Assert.True(await EnterAsync(load, Other));
    }

    [Fact]
    public async Task However_many_come_and_go_at_once_no_slot_is_lost_or_made_up()
    {
        var load = new InstanceLoad(8, 1000);
        var most = 0;
        await Parallel.ForEachAsync(Enumerable.Range(0, 4000), new ParallelOptions { MaxDegreeOfParallelism = 64 }, async (number, _) =>
        {
            var client = ClientKey.Of(new IPAddress([192, 0, 2, (byte)(number % 5)]));
            using var hurry = new CancellationTokenSource(TimeSpan.FromMilliseconds(number % 7 == 0 ? 1 : 60_000), TimeProvider.System);
            try
            {
                if (await load.TryEnterAsync(TimeProvider.System, TimeSpan.FromMinutes(1), hurry.Token, client) is not { } entered) return;
                most = Math.Max(most, load.InFlight);
                await Task.Yield();
                load.Exit(TimeProvider.System, entered, answered: true, client);
            }
            catch (OperationCanceledException) { }
        });

        Assert.Equal(0, load.InFlight);
        Assert.InRange(most, 1, 10);
        for (var i = 0; i < 8; i++) Assert.True(await EnterAsync(load, Hostile));
        Assert.False(EnterAsync(load, Hostile).IsCompleted);
    }

    [Fact]
    public void Addresses_of_one_machine_are_one_client()
    {
        Assert.Equal(ClientKey.Of(IPAddress.Parse("2001:db8:1:2::1")), ClientKey.Of(IPAddress.Parse("2001:db8:1:2:3:4:5:6")));
        Assert.NotEqual(ClientKey.Of(IPAddress.Parse("2001:db8:1:2::1")), ClientKey.Of(IPAddress.Parse("2001:db8:1:3::1")));
        Assert.Equal(ClientKey.Of(IPAddress.Parse("::ffff:192.0.2.1")), Hostile);
        Assert.NotEqual(Hostile, Other);
    }

    private async Task<InstanceLoad> FullAsync(int slots, ClientKey client, int queued = 128)
    {
        var load = new InstanceLoad(slots, queued);
        for (var i = 0; i < slots; i++) Assert.True(await EnterAsync(load, client));
        return load;
    }

    private async Task<bool> EnterAsync(InstanceLoad load, ClientKey client) =>
        await load.TryEnterAsync(_time, TimeSpan.FromSeconds(5), CancellationToken.None, client) is not null;
}
