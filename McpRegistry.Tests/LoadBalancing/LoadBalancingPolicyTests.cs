using McpRegistry.Core.State;
using McpRegistry.Tests.Health;

using Microsoft.Extensions.Time.Testing;

namespace McpRegistry.Tests.LoadBalancing;

/// <summary>What each policy alone promises.</summary>
public sealed class LoadBalancingPolicyTests
{
    [Fact]
    public void RoundRobin_takes_one_after_the_other()
    {
        var candidates = LoadBalancingPolicyContract.Several(3);
        var policy = LoadBalancingPolicyContract.Create("RoundRobin");

        Assert.Equal([.. candidates, .. candidates], Enumerable.Range(0, 6).Select(_ => policy.Pick(candidates)));
    }

    [Fact]
    public void FirstAlphabetical_takes_the_first_by_name_wherever_it_stands()
    {
        var (b, a, c) = (Instances.Create("b"), Instances.Create("a"), Instances.Create("c"));

        Assert.Same(a, LoadBalancingPolicyContract.Create("FirstAlphabetical").Pick([b, a, c]));
    }

    [Fact]
    public async Task LeastRequests_finds_the_one_with_the_fewest_calls_in_flight()
    {
        var candidates = LoadBalancingPolicyContract.Several(5);
        for (var i = 0; i < candidates.Length; i++) await EnterAsync(candidates[i], i == 3 ? 1 : 2);
        var policy = LoadBalancingPolicyContract.Create("LeastRequests");

        Assert.All(Enumerable.Range(0, 100), _ => Assert.Same(candidates[3], policy.Pick(candidates)));
    }

    [Fact]
    public async Task PowerOfTwoChoices_never_takes_the_busiest_and_compares_each_pair()
    {
        var candidates = LoadBalancingPolicyContract.Several(3);
        for (var i = 0; i < candidates.Length; i++) await EnterAsync(candidates[i], i);
        var policy = LoadBalancingPolicyContract.Create("PowerOfTwoChoices");

        var picks = Enumerable.Range(0, 3_000).Select(_ => policy.Pick(candidates)).GroupBy(one => one).ToDictionary(group => group.Key, group => group.Count());

        // Of the three pairs the idlest wins two and the middle one wins one.
        Assert.DoesNotContain(candidates[2], picks.Keys);
        Assert.InRange(picks[candidates[0]], 1_900, 2_100);
    }

    [Theory]
    [InlineData(2)]
    [InlineData(12)]
    public async Task LatencyAware_prefers_the_fast_but_now_and_then_looks_at_the_slow(int count)
    {
        var candidates = LoadBalancingPolicyContract.Several(count);
        foreach (var candidate in candidates) await MeasureAsync(candidate, TimeSpan.FromMilliseconds(10));
        await MeasureAsync(candidates[0], TimeSpan.FromSeconds(20));
        var policy = LoadBalancingPolicyContract.Create("LatencyAware");

        var slow = Enumerable.Range(0, 32_000).Count(_ => policy.Pick(candidates) == candidates[0]);

        Assert.InRange(slow, 1, 700);
    }

    [Fact]
    public async Task LatencyAware_gives_a_new_instance_one_call_until_it_is_measured()
    {
        var (known, unknown) = (Instances.Create("known"), Instances.Create("unknown"));
        await MeasureAsync(known, TimeSpan.FromMilliseconds(50));
        var policy = LoadBalancingPolicyContract.Create("LatencyAware");

        var first = Enumerable.Range(0, 1_000).Count(_ => policy.Pick([known, unknown]) == unknown);
        await EnterAsync(unknown, 1);
        var further = Enumerable.Range(0, 1_000).Count(_ => policy.Pick([known, unknown]) == unknown);

        Assert.InRange(first, 950, 1_000);
        Assert.InRange(further, 0, 50);
    }

    private static async Task EnterAsync(InstanceState instance, int calls)
    {
        for (var i = 0; i < calls; i++) Assert.NotNull(await instance.Load.TryEnterAsync(TimeProvider.System, TimeSpan.Zero, CancellationToken.None));
    }

    private static async Task MeasureAsync(InstanceState instance, TimeSpan elapsed)
    {
        var time = new FakeTimeProvider();
        var started = time.GetTimestamp();
        await EnterAsync(instance, 1);
        time.Advance(elapsed);
        instance.Load.Exit(time, started, answered: true);
    }
}
