using System.Diagnostics;

namespace McpRegistry.Tests.Acceptance.Harness;

/// <summary>Waits for something that another process brings about.</summary>
internal static class Eventually
{
    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(25);

    /// <summary>How long it took until <paramref name="isTrue"/> was; fails with <paramref name="what"/> when it never was.</summary>
    public static Task<TimeSpan> TrueAsync(Func<Task<bool>> isTrue, TimeSpan within, string what) => TrueAsync(isTrue, within, () => what);

    /// <summary>The same for a text that is known only when it failed.</summary>
    public static async Task<TimeSpan> TrueAsync(Func<Task<bool>> isTrue, TimeSpan within, Func<string> what)
    {
        var watch = Stopwatch.StartNew();
        while (!await isTrue())
        {
            if (watch.Elapsed > within) Assert.Fail($"Not within {within.TotalSeconds:0.#} s: {what()}");
            await Task.Delay(Pause, TimeProvider.System);
        }
        return watch.Elapsed;
    }

    public static Task<TimeSpan> TrueAsync(Func<bool> isTrue, TimeSpan within, string what) => TrueAsync(isTrue, within, () => what);

    public static Task<TimeSpan> TrueAsync(Func<bool> isTrue, TimeSpan within, Func<string> what) => TrueAsync(() => Task.FromResult(isTrue()), within, what);
}
