namespace McpRegistry.Core.Catalog.Reading;

/// <summary>Why a list is to be read.</summary>
internal enum ReadingWish
{
    /// <summary>Something happened to the service. A first reading that is under way is enough.</summary>
    Soon,

    /// <summary>The list changed: one that is being read just now may have been too early.</summary>
    Changed,

    /// <summary>Somebody waits for it.</summary>
    Now,
}

/// <summary>
/// When one list of one service is read: one reading at a time, and whatever is wished meanwhile makes one more. What could not be
/// read is tried again, after a second and then less and less often.
/// </summary>
/// <param name="read">Reads the list.</param>
/// <param name="isUnread">Whether it was never tried; the first time is at once.</param>
/// <param name="time">The clock.</param>
/// <param name="end">Ends it; nobody waits any longer then.</param>
internal sealed class ListTurn(Func<CancellationToken, Task<ReadingResult>> read, Func<bool> isUnread, TimeProvider time, CancellationToken end)
{
    private static readonly TimeSpan FirstRetry = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan LastRetry = TimeSpan.FromMinutes(5);

    private readonly Lock _gate = new();
    private readonly long _origin = time.GetTimestamp();
    private readonly ChangeDamper _damper = new();
    private TimeSpan _retry = FirstRetry;
    private TimeSpan? _due;
    private TaskCompletionSource<bool>? _waiters;
    private TaskCompletionSource? _wake;
    private bool _isAsked;
    private bool _isReading;
    private bool _isRunning;

    private TimeSpan Now => time.GetElapsedTime(_origin);

    /// <summary>Asks for a reading. Returns at once.</summary>
    public void Request(ReadingWish wish)
    {
        lock (_gate) Ask(wish);
    }

    /// <summary>Waits for a reading that begins now or, where one is under way, after it; true when the list was then read. All who ask meanwhile share it.</summary>
    public Task<bool> ReadAsync()
    {
        lock (_gate)
        {
            if (end.IsCancellationRequested) return Task.FromResult(false);
            var waiters = _waiters ??= new TaskCompletionSource<bool>(TaskCreationOptions.RunContinuationsAsynchronously);
            Ask(ReadingWish.Now);
            return waiters.Task;
        }
    }

    private void Ask(ReadingWish wish)
    {
        if (_isReading)
        {
            if (wish == ReadingWish.Now) _due = Now;
            else if (wish == ReadingWish.Changed || !isUnread()) _isAsked = true;
            return;
        }

        if (wish == ReadingWish.Now || isUnread()) Plan(Now);
        // Of a burst the first sets the time; the others are read with it.
        else if (!_isAsked) Plan(Now + _damper.WaitAt(Now));
        _isAsked = true;
    }

    private void Plan(TimeSpan due)
    {
        if (_due is { } earlier && earlier <= due) return;
        _due = due;
        _wake?.TrySetResult();
        if (_isRunning || end.IsCancellationRequested) return;
        _isRunning = true;
        // Whoever asks may be inside of a request; the loop must not carry its trace on.
        using (ExecutionContext.SuppressFlow()) _ = Task.Run(RunAsync, CancellationToken.None);
    }

    private async Task RunAsync()
    {
        try
        {
            while (await IsDueAsync())
            {
                var waiters = Begin();
                var result = await read(end);
                Finish(result);
                waiters?.TrySetResult(result.WasRead);
            }
        }
        catch (OperationCanceledException) when (end.IsCancellationRequested) { }
        finally { Leave(); }
    }

    // False: nothing is wished any more.
    private async Task<bool> IsDueAsync()
    {
        while (true)
        {
            end.ThrowIfCancellationRequested();
            TimeSpan wait;
            TaskCompletionSource wake;
            lock (_gate)
            {
                if (_due is not { } due)
                {
                    _isRunning = false;
                    return false;
                }

                wait = due - Now;
                if (wait <= TimeSpan.Zero) return true;
                wake = _wake = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
            }

            using var passed = CancellationTokenSource.CreateLinkedTokenSource(end);
            await Task.WhenAny(Task.Delay(wait, time, passed.Token), wake.Task);
            await passed.CancelAsync();
        }
    }

    private TaskCompletionSource<bool>? Begin()
    {
        lock (_gate)
        {
            var waiters = _waiters;
            (_waiters, _wake, _due, _isAsked, _isReading) = (null, null, null, false, true);
            return waiters;
        }
    }

    private void Finish(ReadingResult result)
    {
        lock (_gate)
        {
            _isReading = false;
            if (result.End != ReadingEnd.Away) _damper.Read(Now, result.WasNews);
            if (result.End == ReadingEnd.TryAgain)
            {
                Plan(Now + _retry);
                _retry = _retry * 2 < LastRetry ? _retry * 2 : LastRetry;
            }
            else
            {
                _retry = FirstRetry;
            }

            if (_isAsked) Plan(Now + _damper.WaitAt(Now));
        }
    }

    private void Leave()
    {
        lock (_gate)
        {
            if (!end.IsCancellationRequested) return;
            _waiters?.TrySetResult(false);
            _waiters = null;
        }
    }
}
