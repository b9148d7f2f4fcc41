namespace McpRegistry.Core.LoadBalancing;

/// <summary>The built-in load balancing policies, by YARP's names.</summary>
public static class LoadBalancingPolicyNames
{
    /// <summary>Of two random instances the one with fewer calls in flight: nearly as even as <see cref="LeastRequests"/>, without looking at all. The default.</summary>
    public const string PowerOfTwoChoices = nameof(PowerOfTwoChoices);

    /// <summary>One after the other.</summary>
    public const string RoundRobin = nameof(RoundRobin);

    /// <summary>The instance with the fewest calls in flight; looks at all of them.</summary>
    public const string LeastRequests = nameof(LeastRequests);

    /// <summary>Any, by chance.</summary>
    public const string Random = nameof(Random);

    /// <summary>The first by name while it is available: one active instance, the others in reserve.</summary>
    public const string FirstAlphabetical = nameof(FirstAlphabetical);

    /// <summary>The lowest load score: the moving average of the latency times the calls in flight plus one.</summary>
    public const string LatencyAware = nameof(LatencyAware);

    /// <summary>All of them.</summary>
    public static IReadOnlyList<string> All { get; } = [PowerOfTwoChoices, RoundRobin, LeastRequests, Random, FirstAlphabetical, LatencyAware];
}
