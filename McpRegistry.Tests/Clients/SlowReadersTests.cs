using McpRegistry.Mcp.Clients;

using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;
using Microsoft.Extensions.Time.Testing;

namespace McpRegistry.Tests.Clients;

public sealed class SlowReadersTests
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(10);

    private readonly FakeTimeProvider _time = new();
    private readonly SlowReaders _slow;

    public SlowReadersTests() => _slow = new SlowReaders(Patience, _time);

    [Fact]
    public void Each_is_cut_when_its_own_patience_is_over_and_not_before()
    {
        var first = Add();
        _time.Advance(TimeSpan.FromSeconds(4));
        var second = Add();

        _time.Advance(TimeSpan.FromSeconds(5.9));
        Assert.Equal((0, 0), (first.Cuts, second.Cuts));
        _time.Advance(TimeSpan.FromSeconds(0.2));
        Assert.Equal((1, 0), (first.Cuts, second.Cuts));
        _slow.Remove(first.Place);
        _time.Advance(TimeSpan.FromSeconds(3.8));
        Assert.Equal(0, second.Cuts);
        _time.Advance(TimeSpan.FromSeconds(0.2));
        Assert.Equal(1, second.Cuts);
    }

    [Fact]
    public void Who_has_read_in_time_is_not_cut_and_who_comes_later_has_all_the_time()
    {
        var quick = Add();
        _slow.Remove(quick.Place);
        _time.Advance(TimeSpan.FromSeconds(9));
        var later = Add();

        _time.Advance(TimeSpan.FromSeconds(9));
        Assert.Equal((0, 0), (quick.Cuts, later.Cuts));
        _time.Advance(TimeSpan.FromSeconds(1.1));
        Assert.Equal((0, 1), (quick.Cuts, later.Cuts));
    }

    [Fact]
    public void Who_comes_while_one_that_was_cut_still_ends_is_cut_in_time_too()
    {
        var first = Add();
        _time.Advance(Patience + TimeSpan.FromSeconds(1));
        var second = Add();
        _time.Advance(Patience + TimeSpan.FromSeconds(1));

        Assert.True(first.Cuts > 0);
        Assert.Equal(1, second.Cuts);
    }

    [Fact]
    public void When_room_is_needed_those_are_cut_that_wait_for_more_than_a_second()
    {
        var first = Add();
        _time.Advance(TimeSpan.FromSeconds(1.5));
        var second = Add();

        _slow.Cut();

        Assert.Equal((1, 0), (first.Cuts, second.Cuts));
    }

    private Reader Add()
    {
        var reader = new Reader();
        reader.Place = _slow.Add(reader.Http);
        return reader;
    }

    private sealed class Reader : IHttpRequestLifetimeFeature
    {
        public Reader() => Http.Features.Set<IHttpRequestLifetimeFeature>(this);

        public DefaultHttpContext Http { get; } = new();

        public LinkedListNode<(HttpContext Http, long Since)> Place { get; set; } = null!;

        public int Cuts { get; private set; }

        public CancellationToken RequestAborted { get; set; }

        public void Abort() => Cuts++;
    }
}
