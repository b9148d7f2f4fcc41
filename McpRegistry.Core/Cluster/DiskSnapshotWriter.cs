using McpRegistry.Core.Health;

using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace McpRegistry.Core.Cluster;

/// <summary>Writes the snapshot to the disk after changes, once a second at most, and when the process stops. What could not be written is tried again, ever less often.</summary>
internal sealed partial class DiskSnapshotWriter(DiskSnapshot file, TimeProvider time, ILogger<DiskSnapshotWriter> logger) : BackgroundService
{
    private static readonly TimeSpan BetweenWrites = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan LongestRetry = TimeSpan.FromMinutes(1);

    private readonly WakeablePause _pause = new(time);
    private SharedContent? _offered;
    private bool _isFailureTold;

    /// <summary>Takes what is to be remembered; returns at once.</summary>
    public void Offer(SharedContent content)
    {
        Interlocked.Exchange(ref _offered, content);
        _pause.Wake();
    }

    /// <summary>What was remembered in an earlier life. Null: nothing.</summary>
    public RememberedContent? Load() => file.Load();

    public override async Task StopAsync(CancellationToken cancellationToken)
    {
        await base.StopAsync(cancellationToken);
        Write();
    }

    public override void Dispose()
    {
        _pause.Dispose();
        base.Dispose();
    }

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        try
        {
            for (var retry = Timeout.InfiniteTimeSpan; ;)
            {
                await _pause.WaitAsync(retry, stoppingToken);
                if (Write()) retry = Timeout.InfiniteTimeSpan;
                else if (retry == Timeout.InfiniteTimeSpan) retry = BetweenWrites;
                else retry = retry * 2 < LongestRetry ? retry * 2 : LongestRetry;
                await Task.Delay(BetweenWrites, time, stoppingToken);
            }
        }
        catch (OperationCanceledException) when (stoppingToken.IsCancellationRequested) { }
    }

    // No exception leaves it: the registry works without the file, and the disk may have room again.
    private bool Write()
    {
        if (Interlocked.Exchange(ref _offered, null) is not { } content) return true;
        try
        {
            file.Save(content);
            _isFailureTold = false;
            return true;
        }
        catch (Exception failure)
        {
            if (!_isFailureTold) LogNotWritten(failure.Message);
            _isFailureTold = true;
            // What is offered meanwhile is newer.
            Interlocked.CompareExchange(ref _offered, content, null);
            return false;
        }
    }

    [LoggerMessage(1, LogLevel.Error, "What the shared store holds cannot be remembered on the disk: {Reason}", EventName = "SnapshotNotWritten")]
    private partial void LogNotWritten(string reason);
}
