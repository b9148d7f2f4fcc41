using McpRegistry.Core.State;

namespace McpRegistry.Core.LoadBalancing;

internal static class RandomPair
{
    /// <summary>Two different ones of at least two, each pair as likely as any other.</summary>
    public static (InstanceState One, InstanceState Other) Of(ReadOnlySpan<InstanceState> candidates, Random random)
    {
        var one = random.Next(candidates.Length);
        var other = random.Next(candidates.Length - 1);
        return (candidates[one], candidates[other < one ? other : other + 1]);
    }
}
