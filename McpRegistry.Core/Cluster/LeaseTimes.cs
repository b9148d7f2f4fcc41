namespace McpRegistry.Core.Cluster;

/// <summary>
/// The times of every lease. Duration and give-up time are Kubernetes' (<c>leaseDuration</c> 15 s, <c>renewDeadline</c> 10 s): the
/// holder stops at least 5 s, by its own clock, before anybody else can begin.
/// </summary>
internal static class LeaseTimes
{
    /// <summary>How long a lease is held without an extension, by the store's clock.</summary>
    public static readonly TimeSpan Duration = TimeSpan.FromSeconds(15);

    /// <summary>From the begin of one good renewal to the begin of the next: two may fail before it matters.</summary>
    public static readonly TimeSpan Renewal = TimeSpan.FromSeconds(5);

    /// <summary>A holder gives up by itself so long after the begin of its last good renewal, whatever the store says.</summary>
    public static readonly TimeSpan GiveUp = TimeSpan.FromSeconds(10);

    /// <summary>The longest a follower goes without looking whether the lease is free.</summary>
    public static readonly TimeSpan LongestLook = TimeSpan.FromSeconds(5);

    /// <summary>A little: how long after a lease's end a follower looks, so as not to be too early, and the pause between two attempts to give one back.</summary>
    public static readonly TimeSpan Margin = TimeSpan.FromMilliseconds(100);

    /// <summary>The pause after a step that failed. Short: while the store is away a step fails at once and costs nothing.</summary>
    public static readonly TimeSpan AfterFailure = TimeSpan.FromSeconds(1);

    /// <summary>The longest wait for a lease to be given back; after that it ends by itself.</summary>
    public static readonly TimeSpan Release = TimeSpan.FromSeconds(1);
}
