using System.Collections.Concurrent;

using McpRegistry.Core.LoadBalancing;
using McpRegistry.Core.State;
using McpRegistry.Tests.Health;

using Microsoft.Extensions.DependencyInjection;

namespace McpRegistry.Tests.LoadBalancing;

/// <summary>What every policy must keep, whatever its choice.</summary>
public sealed class LoadBalancingPolicyContract
{
    public static TheoryData<string> Policies => [.. LoadBalancingPolicyNames.All];

    public static TheoryData<string> SpreadingPolicies => [.. LoadBalancingPolicyNames.All.Where(name => name != LoadBalancingPolicyNames.FirstAlphabetical)];

    [Theory]
    [MemberData(nameof(Policies))]
    public void Has_the_name_it_is_chosen_by(string name) => Assert.Equal(name, Create(name).Name);

    [Theory]
    [MemberData(nameof(Policies))]
    public void Picks_the_only_candidate(string name)
    {
        var only = Instances.Create();

        Assert.All(Enumerable.Range(0, 100), _ => Assert.Same(only, Create(name).Pick([only])));
    }

    [Theory]
    [MemberData(nameof(Policies))]
    public void Picks_one_of_the_candidates_whatever_their_number(string name)
    {
        var policy = Create(name);
        var all = Several(12);

        for (var round = 0; round < 2_000; round++)
        {
            var candidates = all[..(round % all.Length + 1)];
            Assert.Contains(policy.Pick(candidates), candidates);
        }
    }

    [Theory]
    [MemberData(nameof(SpreadingPolicies))]
    public void Spreads_calls_evenly_over_idle_candidates(string name)
    {
        var policy = Create(name);
        foreach (var count in new[] { 2, 3, 7 })
        {
            var candidates = Several(count);
            var picks = candidates.ToDictionary(one => one, _ => 0);
            for (var i = 0; i < count * 2_000; i++) picks[policy.Pick(candidates)]++;

            Assert.All(picks.Values, times => Assert.InRange(times, 1_700, 2_300));
        }
    }

    [Theory]
    [MemberData(nameof(Policies))]
    public void Is_safe_to_use_from_many_threads(string name)
    {
        var policy = Create(name);
        var candidates = Several(5);
        var picks = new ConcurrentDictionary<InstanceState, int>();

        Parallel.For(0, 8, _ =>
        {
            for (var i = 0; i < 5_000; i++) picks.AddOrUpdate(policy.Pick(candidates), 1, (_, times) => times + 1);
        });

        Assert.Equal(8 * 5_000, picks.Values.Sum());
        if (name != LoadBalancingPolicyNames.FirstAlphabetical) Assert.All(candidates, one => Assert.InRange(picks[one], 7_000, 9_000));
    }

    [Theory]
    [MemberData(nameof(Policies))]
    public void Allocates_nothing(string name)
    {
        var policy = Create(name);
        var candidates = Several(6);
        policy.Pick(candidates);

        var before = GC.GetAllocatedBytesForCurrentThread();
        for (var i = 0; i < 1_000; i++) policy.Pick(candidates);

        Assert.Equal(before, GC.GetAllocatedBytesForCurrentThread());
    }

    internal static ILoadBalancingPolicy Create(string name) => new ServiceCollection()
        .AddSingleton<Random>(new ConcurrentRandom(seed: 42))
        .AddLoadBalancing()
        .BuildServiceProvider()
        .GetRequiredService<LoadBalancingPolicySet>()
        .Create(name);

    internal static InstanceState[] Several(int count) => [.. Enumerable.Range(1, count).Select(number => Instances.Create($"instance-{number}"))];
}
