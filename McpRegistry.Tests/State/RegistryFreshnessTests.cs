using McpRegistry.Core.State;

using Microsoft.Extensions.Time.Testing;

namespace McpRegistry.Tests.State;

public sealed class RegistryFreshnessTests
{
    private readonly FakeTimeProvider _time = new();
    private readonly RegistryFreshness _freshness;

    public RegistryFreshnessTests() => _freshness = new RegistryFreshness(_time);

    [Fact]
    public void Without_a_shared_store_everything_is_fresh() => Assert.Equal((true, null), (_freshness.IsLoaded, _freshness.StaleFor));

    [Fact]
    public void It_counts_from_the_last_time_the_store_was_read()
    {
        _freshness.Confirm(_freshness.Doubts);
        _time.Advance(TimeSpan.FromSeconds(7));
        _freshness.Doubt();
        _time.Advance(TimeSpan.FromSeconds(5));
        _freshness.Doubt();

        Assert.Equal(TimeSpan.FromSeconds(12), _freshness.StaleFor);
        _freshness.Confirm(_freshness.Doubts);
        Assert.Null(_freshness.StaleFor);
    }

    [Fact]
    public void A_doubt_that_came_up_while_the_store_was_read_stays()
    {
        var doubts = _freshness.Doubts;
        _freshness.Doubt();
        _freshness.Confirm(doubts);

        Assert.NotNull(_freshness.StaleFor);
    }

    [Fact]
    public void What_is_remembered_is_as_old_as_it_is()
    {
        _freshness.AwaitStore();
        Assert.False(_freshness.IsLoaded);

        _freshness.Remember(TimeSpan.FromHours(1));
        _time.Advance(TimeSpan.FromSeconds(1));

        Assert.Equal((true, new TimeSpan(1, 0, 1)), (_freshness.IsLoaded, _freshness.StaleFor));
    }
}
