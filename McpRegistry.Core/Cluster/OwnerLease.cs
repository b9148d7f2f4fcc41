using McpRegistry.Core.Health;
using McpRegistry.Core.Storage;

namespace McpRegistry.Core.Cluster;

/// <summary>
/// The lease of one pinned service, for ever: renews it while it is ours, otherwise looks who has it and takes it when it is free.
/// Unlike the health worker's it does not end by itself when the store is away. The children keep what clients gave them, and
/// ending them would stop calls that need no store; that another replica starts a second copy meanwhile (it reaches the store, we
/// do not) is the lesser harm: each call is still executed by one of them.
/// </summary>
internal sealed partial class OwnerLease : IAsyncDisposable
{
    // Wakes come with every failed call; the store is asked at this pace at most.
    private static readonly TimeSpan Spacing = TimeSpan.FromMilliseconds(250);

    // The replica that runs the children finds the store back within a second; so it comes first.
    private static readonly TimeSpan AfterYouTime = TimeSpan.FromSeconds(2.5);
    private static readonly TimeSpan BetweenLooksAtAddress = TimeSpan.FromMilliseconds(500);

    private readonly string _service;
    private readonly OwnerLeaseTerms _terms;
    private readonly Action<StdioOwner?> _tell;
    private readonly WakeablePause _pause;
    private readonly CancellationTokenSource _stopping = new();
    private readonly Task _loop;
    private StdioOwner? _owner;
    private long _token;
    private long _newestToken;
    private bool _wasAway;
    private bool _isTold;

    /// <summary>Begins at once.</summary>
    /// <param name="service">The service.</param>
    /// <param name="terms">What all leases of services share.</param>
    /// <param name="tell">Hears who owns the service, when that changed; null: nobody known here. Must return at once.</param>
    public OwnerLease(string service, OwnerLeaseTerms terms, Action<StdioOwner?> tell)
    {
        (_service, _terms, _tell) = (service, terms, tell);
        _pause = new WakeablePause(terms.Time);
        using (ExecutionContext.SuppressFlow()) _loop = Task.Run(RunAsync);
    }

    /// <summary>What the names of these leases begin with.</summary>
    public const string Prefix = "stdio:";

    public static string NameOf(string service) => Prefix + service;

    /// <summary>Looks again soon: the lease was given back, or its holder did not take a call.</summary>
    public void Wake() => _pause.Wake();

    /// <summary>Gives the lease back, if it is held. The children are not concerned.</summary>
    public async ValueTask DisposeAsync()
    {
        await _stopping.CancelAsync();
        await _loop;
    }

    private bool IsHeld => _token != 0;

    private async Task RunAsync()
    {
        try
        {
            while (true)
            {
                var rest = await RoundAsync();
                await Task.Delay(Spacing, _terms.Time, _stopping.Token);
                await _pause.WaitAsync(rest, _stopping.Token);
            }
        }
        catch (OperationCanceledException) when (_stopping.IsCancellationRequested) { }
        finally
        {
            if (IsHeld) await ReleaseAsync();
            _pause.Dispose();
        }
    }

    /// <returns>How long to rest.</returns>
    private async Task<TimeSpan> RoundAsync()
    {
        try
        {
            if (!_terms.IsStoreUp) return Away();
            if (!IsHeld) await Task.Delay((_wasAway ? AfterYouTime : TimeSpan.Zero) + _terms.Hesitation(), _terms.Time, _stopping.Token);
            // Steps of the store are not cancelled: a take that nobody knows of would keep the others waiting for its whole time.
            var isOurs = IsHeld && await _terms.Store.TryExtendAsync(NameOf(_service), _terms.Self, _token, LeaseTimes.Duration, CancellationToken.None);
            var rest = isOurs ? Renewal() : await TakeAsync();
            _wasAway = false;
            return rest;
        }
        catch (RegistryStoreException failure)
        {
            if (!_wasAway) LogAway(_terms.Log, _service, failure);
            return Away();
        }
        catch (Exception bug) when (!_stopping.IsCancellationRequested)
        {
            LogBug(_terms.Log, _service, bug);
            return LeaseTimes.AfterFailure;
        }
    }

    private async Task<TimeSpan> TakeAsync()
    {
        var answer = await _terms.Store.TryTakeAsync(NameOf(_service), _terms.Self, LeaseTimes.Duration, _newestToken, CancellationToken.None);
        _newestToken = Math.Max(_newestToken, answer.Token);
        Hold(answer.Token);
        if (answer.IsTaken)
        {
            Tell(_terms.OwnSelf);
            return Renewal();
        }

        // An owner that stops is not in the directory any more and still serves: what is known of it holds.
        if (_owner?.Replica != answer.Owner) Tell(_terms.Find(answer.Owner));
        var untilFree = answer.Remaining > TimeSpan.Zero ? answer.Remaining + LeaseTimes.Margin : LeaseTimes.Margin;
        return _owner is null && untilFree > BetweenLooksAtAddress ? BetweenLooksAtAddress : untilFree;
    }

    // Who was the owner still is, as far as anybody can tell.
    private TimeSpan Away()
    {
        _wasAway = true;
        if (!_isTold) Tell(null);
        return LeaseTimes.AfterFailure;
    }

    private async Task ReleaseAsync()
    {
        try { await _terms.Store.ReleaseAsync(NameOf(_service), _terms.Self, _token, CancellationToken.None); }
        catch (RegistryStoreException failure) { LogNotReleased(_terms.Log, _service, failure); }
        Hold(0);
    }

    private void Hold(long token)
    {
        if (IsHeld != (token != 0)) _terms.Count(token != 0 ? 1 : -1);
        _token = token;
    }

    private void Tell(StdioOwner? owner)
    {
        if (_isTold && owner == _owner) return;
        (_owner, _isTold) = (owner, true);
        _tell(owner);
    }

    // Hundreds of leases taken together would be renewed together for ever.
    private TimeSpan Renewal() => LeaseTimes.Renewal * (0.8 + 0.2 * _terms.Random.NextDouble());
}
