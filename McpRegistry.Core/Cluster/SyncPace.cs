using McpRegistry.Core.Storage.Redis;

using Microsoft.Extensions.Options;

namespace McpRegistry.Core.Cluster;

/// <summary>How long to wait before the shared store is read. Spread, so that many processes do not all read at once.</summary>
internal sealed class SyncPace(IOptions<RedisOptions> options, Random random)
{
    private static readonly TimeSpan LongestRetry = TimeSpan.FromSeconds(2);

    /// <summary>How long changes are collected before they are read together.</summary>
    public static TimeSpan Burst { get; } = TimeSpan.FromMilliseconds(50);

    /// <summary>How long a start waits for the store before it goes on with what is known from before.</summary>
    public static TimeSpan StartPatience { get; } = TimeSpan.FromSeconds(2);

    /// <summary>Until it is asked whether anything changed: the poll interval, up to a tenth longer or shorter.</summary>
    public TimeSpan Poll() => options.Value.PollInterval * (0.9 + 0.2 * random.NextDouble());

    /// <summary>After the store came back: up to 1 s.</summary>
    public TimeSpan Return() => TimeSpan.FromSeconds(random.NextDouble());

    /// <summary>After reading failed so many times in a row, although the store seemed to be there.</summary>
    public static TimeSpan Retry(int failures)
    {
        var pause = TimeSpan.FromMilliseconds(250) * Math.Pow(2, Math.Min(failures - 1, 4));
        return pause < LongestRetry ? pause : LongestRetry;
    }
}
