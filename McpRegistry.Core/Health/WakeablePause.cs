using System.Threading.Channels;

namespace McpRegistry.Core.Health;

/// <summary>A pause that ends by time or by <see cref="Wake"/>, whichever is first. A wake that comes while nobody pauses ends the next pause.</summary>
internal sealed class WakeablePause : IDisposable
{
    private readonly Channel<bool> _ends = Channel.CreateBounded<bool>(new BoundedChannelOptions(1) { FullMode = BoundedChannelFullMode.DropWrite });
    private readonly ITimer _timer;

    public WakeablePause(TimeProvider time) => _timer = time.CreateTimer(_ => Wake(), null, Timeout.InfiniteTimeSpan, Timeout.InfiniteTimeSpan);

    public void Wake() => _ends.Writer.TryWrite(true);

    public async Task WaitAsync(TimeSpan pause, CancellationToken cancellationToken)
    {
        _timer.Change(pause, Timeout.InfiniteTimeSpan);
        await _ends.Reader.ReadAsync(cancellationToken);
        _timer.Change(Timeout.InfiniteTimeSpan, Timeout.InfiniteTimeSpan);
    }

    public void Dispose() => _timer.Dispose();
}
