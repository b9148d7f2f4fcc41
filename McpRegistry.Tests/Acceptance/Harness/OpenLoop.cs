using System.Diagnostics;

namespace McpRegistry.Tests.Acceptance.Harness;

/// <summary>Load at a fixed rate of arrivals: a slow answer does not slow the next call down, as it would not in the world.</summary>
internal sealed class OpenLoop(double callsPerSecond, string name)
{
    private readonly Stopwatch _clock = new();

    /// <summary>How long it has been running.</summary>
    public TimeSpan Elapsed => _clock.Elapsed;

    /// <summary>Makes calls for <paramref name="duration"/> and returns when all of them have ended.</summary>
    public async Task<CallRecord[]> RunAsync(TimeSpan duration, Func<string, Task<CallAnswer>> call)
    {
        var count = (int)(duration.TotalSeconds * callsPerSecond);
        var calls = new Task<CallRecord>[count];
        _clock.Restart();
        for (var i = 0; i < count; i++)
        {
            var due = TimeSpan.FromSeconds(i / callsPerSecond);
            // A timer ends up to a millisecond late; the latency counts from when the call was due, so nothing is hidden.
            if (due - _clock.Elapsed > TimeSpan.FromMilliseconds(1)) await Task.Delay(due - _clock.Elapsed, TimeProvider.System);
            calls[i] = OneAsync($"{name}-{i}", due, call);
        }
        return await Task.WhenAll(calls);
    }

    /// <summary>Makes calls until <paramref name="end"/>, and returns when all of them have ended.</summary>
    public async Task<CallRecord[]> RunUntilAsync(Func<string, Task<CallAnswer>> call, CancellationToken end)
    {
        var calls = new List<Task<CallRecord>>();
        _clock.Restart();
        while (!end.IsCancellationRequested)
        {
            var due = TimeSpan.FromSeconds(calls.Count / callsPerSecond);
            if (due - _clock.Elapsed > TimeSpan.FromMilliseconds(1)) await Task.Delay(due - _clock.Elapsed, TimeProvider.System, CancellationToken.None);
            calls.Add(OneAsync($"{name}-{calls.Count}", due, call));
        }
        return await Task.WhenAll(calls);
    }

    private async Task<CallRecord> OneAsync(string id, TimeSpan due, Func<string, Task<CallAnswer>> call)
    {
        await Task.Yield();
        var answer = await call(id);
        return new CallRecord(id, answer.IsSuccess, answer.Code, answer.MaybeExecuted, due, _clock.Elapsed - due);
    }
}
