using McpRegistry.Core.LoadBalancing;
using McpRegistry.Core.Registration;
using McpRegistry.Core.State;
using McpRegistry.Tests.Cluster.Fakes;

using Microsoft.Extensions.Logging;

namespace McpRegistry.Tests.State;

/// <summary>How changes are told: to everybody, in their order, whatever a subscriber does.</summary>
public sealed class TellingTests
{
    [Fact]
    public void A_subscriber_that_throws_stops_neither_the_others_nor_the_writer()
    {
        using var log = new FakeCluster.LogLines();
        var state = new RegistryState(log.CreateLogger<RegistryState>());
        var heard = new List<long>();
        state.Subscribe(_ => throw new InvalidOperationException("a bug of somebody"));
        state.Subscribe(change => heard.Add(change.Version));

        Add(state, "a");
        state.Remove("a");

        Assert.Equal([1, 2], heard);
        Assert.Equal(2, log.Of("SubscriberThrew").Count);
    }

    [Fact]
    public void A_change_that_a_subscriber_makes_is_told_after_the_one_it_heard_of()
    {
        var state = new RegistryState();
        var heard = new List<long>();
        state.Subscribe(change =>
        {
            if (change.Service == "a") Add(state, "b");
        });
        state.Subscribe(change => heard.Add(change.Version));

        Add(state, "a");

        Assert.Equal([1, 2], heard);
    }

    [Fact]
    public void Changes_of_many_writers_are_told_one_by_one_in_the_order_of_their_versions()
    {
        var state = new RegistryState();
        var (heard, inside, most) = (new List<long>(), 0, 0);
        state.Subscribe(change =>
        {
            most = Math.Max(most, Interlocked.Increment(ref inside));
            heard.Add(change.Version);
            Thread.SpinWait(50);
            Interlocked.Decrement(ref inside);
        });

        Parallel.For(0, 2_000, new ParallelOptions { MaxDegreeOfParallelism = 8 }, i => Add(state, $"s{i % 7}"));
        SpinWait.SpinUntil(() => { lock (heard) return heard.Count == 2_000; }, TimeSpan.FromSeconds(30));

        Assert.Equal(1, most);
        Assert.Equal(Enumerable.Range(1, 2_000).Select(version => (long)version), heard);
    }

    [Fact]
    public async Task Nobody_waits_for_a_subscriber_that_hears_of_somebody_elses_change()
    {
        var state = new RegistryState();
        var entered = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        using var go = new ManualResetEventSlim();
        var heard = new List<string>();
        state.Subscribe(change =>
        {
            heard.Add(change.Service);
            if (change.Service != "slow") return;
            entered.SetResult();
            go.Wait(TimeSpan.FromSeconds(60));
        });

        var slow = Task.Run(() => Add(state, "slow"));
        await entered.Task;
        await Task.Run(() => Add(state, "quick")).WaitAsync(TimeSpan.FromSeconds(30));
        Assert.Equal(["slow"], heard);
        go.Set();
        await slow;

        Assert.Equal(["slow", "quick"], heard);
    }

    private static void Add(RegistryState state, string name) => state.Update(
        name,
        _ => new ServiceSnapshot { Registration = new ServiceRegistration { Name = name }, Policy = new RoundRobinPolicy() },
        (_, _) => new RegistryChange(RegistryChangeKind.ServiceUpdated, name, 0));
}
