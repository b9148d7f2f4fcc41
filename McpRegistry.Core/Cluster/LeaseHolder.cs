using McpRegistry.Core.Health;
using McpRegistry.Core.Storage;

using Microsoft.Extensions.Logging;

namespace McpRegistry.Core.Cluster;

/// <summary>Tries for ever to hold one lease, and has work done while it does.</summary>
/// <param name="store">Who says who holds it.</param>
/// <param name="name">The lease.</param>
/// <param name="owner">Who we are; unique to the process.</param>
/// <param name="time">The clock; only the monotonic one is used.</param>
/// <param name="logger">Hears of takes, ends and failures.</param>
internal sealed partial class LeaseHolder(ILeaseStore store, string name, string owner, TimeProvider time, ILogger<LeaseHolder> logger)
{
    private volatile LeaseTerm? _term;
    private volatile string? _holder;
    private long _newestToken;
    private bool _isFailing;

    /// <summary>The fencing token while the lease is surely ours. Null: it is not.</summary>
    public long? Token => _term is { IsOver: false } term ? term.Token : null;

    /// <summary>Who held the lease when it was last looked at, this process included. Null: it was not looked at yet.</summary>
    public string? Holder => _holder;

    /// <summary>Raised after <see cref="Token"/> or <see cref="Holder"/> may have changed, on any thread: handlers must return at once and not throw.</summary>
    public event Action? Changed;

    /// <summary>
    /// Until <paramref name="stopping"/>: waits for the lease, has the work done while it is held, and begins anew when the term is
    /// over. The lease goes back only after the work has ended, so work that takes long to end delays the next holder.
    /// </summary>
    /// <param name="work">Gets the fencing token and the end of the term. When it returns or throws earlier the lease goes back as well.</param>
    /// <param name="stopping">Ends the term and all further attempts.</param>
    public async Task RunWhileHeldAsync(Func<long, CancellationToken, Task> work, CancellationToken stopping)
    {
        using var pause = new WakeablePause(time);
        store.Released += OnReleased;
        try
        {
            while (!stopping.IsCancellationRequested)
            {
                var rest = await RoundAsync(work, stopping);
                if (rest > TimeSpan.Zero) await pause.WaitAsync(rest, stopping);
            }
        }
        catch (OperationCanceledException) when (stopping.IsCancellationRequested) { }
        finally { store.Released -= OnReleased; }

        void OnReleased(string released)
        {
            if (released == name) pause.Wake();
        }
    }

    /// <summary>Looks once, and holds the lease if it is to be had.</summary>
    /// <returns>When to look again.</returns>
    private async Task<TimeSpan> RoundAsync(Func<long, CancellationToken, Task> work, CancellationToken stopping)
    {
        var startedAt = time.GetTimestamp();
        LeaseAnswer answer;
        try
        {
            // Not cancelled by a stop: a take of which nobody knows how it ended would keep the others waiting for its whole time.
            answer = await store.TryTakeAsync(name, owner, LeaseTimes.Duration, _newestToken, CancellationToken.None).AsTask().WaitAsync(LeaseTimes.GiveUp, time, CancellationToken.None);
        }
        catch (Exception failure)
        {
            if (!_isFailing) LogLookFailed(name, Untold(failure));
            _isFailing = true;
            return LeaseTimes.AfterFailure;
        }

        _isFailing = false;
        if (answer.IsTaken) return await HoldAsync(answer.Token, startedAt, work, stopping);
        Tell(term: null, answer.Owner);
        var untilFree = answer.Remaining + LeaseTimes.Margin;
        return untilFree < LeaseTimes.LongestLook ? untilFree : LeaseTimes.LongestLook;
    }

    private async Task<TimeSpan> HoldAsync(long token, long startedAt, Func<long, CancellationToken, Task> work, CancellationToken stopping)
    {
        _newestToken = Math.Max(_newestToken, token);
        using var term = new LeaseTerm(token, startedAt, time, stopping);
        LogTaken(name, token);
        Tell(term, owner);
        var working = Task.Run(() => WorkAsync(work, term), CancellationToken.None);
        await RenewAsync(term, working);
        var endedByItself = working.IsCompleted && !term.IsOver;
        await term.EndAsync();
        await working;
        Tell(term: null, _holder);
        await ReleaseAsync(token);
        LogEnded(name, token);
        // Work that cannot go on here may go on elsewhere: the others get the first chance.
        if (endedByItself) await Task.Delay(LeaseTimes.AfterFailure, time, stopping);
        return TimeSpan.Zero;
    }

    // A store that is away is told of elsewhere, with its reason; where it happened is of no use.
    private static Exception? Untold(Exception failure) => failure is RegistryStoreException ? null : failure;

    private async Task WorkAsync(Func<long, CancellationToken, Task> work, LeaseTerm term)
    {
        try { await work(term.Token, term.Ended); }
        catch (OperationCanceledException) when (term.Ended.IsCancellationRequested) { }
        catch (Exception failure) { LogWorkFailed(name, term.Token, failure); }
    }

    /// <summary>Renews until the term is over, the lease is lost or the work has ended.</summary>
    private async Task RenewAsync(LeaseTerm term, Task working)
    {
        var rest = LeaseTimes.Renewal;
        while (true)
        {
            await Task.WhenAny(working, Task.Delay(rest, time, term.Ended));
            if (working.IsCompleted || term.IsOver) return;
            var startedAt = time.GetTimestamp();
            try
            {
                if (!await store.TryExtendAsync(name, owner, term.Token, LeaseTimes.Duration, term.Ended).AsTask().WaitAsync(term.Ended))
                {
                    LogLost(name, term.Token);
                    return;
                }

                term.Renewed(startedAt);
                rest = LeaseTimes.Renewal;
            }
            catch (OperationCanceledException) when (term.Ended.IsCancellationRequested) { return; }
            catch (Exception failure)
            {
                if (rest == LeaseTimes.Renewal) LogRenewalFailed(name, term.Token, Untold(failure));
                rest = LeaseTimes.AfterFailure;
            }
        }
    }

    private async Task ReleaseAsync(long token)
    {
        var startedAt = time.GetTimestamp();
        while (true)
        {
            try
            {
                await store.ReleaseAsync(name, owner, token, CancellationToken.None).AsTask().WaitAsync(LeaseTimes.Release, time);
                return;
            }
            catch (Exception failure)
            {
                // A moment's absence of the store must not cost the others the lease's whole time.
                if (time.GetElapsedTime(startedAt) < LeaseTimes.Release) await Task.Delay(LeaseTimes.Margin, time, CancellationToken.None);
                else
                {
                    LogReleaseFailed(name, token, failure);
                    return;
                }
            }
        }
    }

    private void Tell(LeaseTerm? term, string? holder)
    {
        var isNews = !ReferenceEquals(_term, term) || _holder != holder;
        _term = term;
        _holder = holder;
        if (isNews) Changed?.Invoke();
    }
}
