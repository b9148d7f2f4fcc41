namespace McpRegistry.Tests.Cluster;

/// <summary>Waits for something that nothing tells of.</summary>
internal static class Condition
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(10);

    public static async Task HoldsAsync(Func<bool> condition)
    {
        var time = TimeProvider.System;
        var start = time.GetTimestamp();
        while (!condition())
        {
            Assert.True(time.GetElapsedTime(start) < Patience, "What was waited for did not happen.");
            await Task.Delay(TimeSpan.FromMilliseconds(5), time);
        }
    }
}
