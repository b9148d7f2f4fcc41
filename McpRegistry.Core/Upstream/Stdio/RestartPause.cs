namespace McpRegistry.Core.Upstream.Stdio;

/// <summary>
/// The wait before a child is started again. A call that has nowhere else to go may end it, but not before a shorter wait is
/// over: under traffic, a program that ends at once must not be started as fast as it ends.
/// </summary>
/// <param name="whole">How long it lasts when nobody calls.</param>
/// <param name="least">How long it lasts at least.</param>
/// <param name="time">The clock.</param>
internal sealed class RestartPause(TimeSpan whole, TimeSpan least, TimeProvider time)
{
    private readonly long _start = time.GetTimestamp();
    private readonly TaskCompletionSource _wish = new(TaskCreationOptions.RunContinuationsAsynchronously);

    /// <summary>How long it lasts when nobody calls.</summary>
    public TimeSpan Whole => whole;

    /// <summary>How long a call would have to wait for the start. Zero: it would begin at once.</summary>
    public TimeSpan LeftAtLeast => TimeSpan.FromTicks(Math.Max(0, ((least < whole ? least : whole) - time.GetElapsedTime(_start)).Ticks));

    /// <summary>Asks for the start as early as may be.</summary>
    public void Shorten() => _wish.TrySetResult();

    /// <summary>Waits it out.</summary>
    /// <exception cref="OperationCanceledException">The token ended it.</exception>
    public async Task WaitAsync(CancellationToken cancellationToken)
    {
        if (least < whole)
        {
            await Task.Delay(least, time, cancellationToken);
            try
            {
                await _wish.Task.WaitAsync(whole - least, time, cancellationToken);
            }
            catch (TimeoutException)
            {
                // Nobody called.
            }
        }
        else await Task.Delay(whole, time, cancellationToken);
    }
}
