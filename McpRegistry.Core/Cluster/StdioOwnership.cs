using System.Collections.Concurrent;
using System.Threading.Channels;

using McpRegistry.Core.State;

using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace McpRegistry.Core.Cluster;

/// <summary>
/// Sees to it that of several replicas exactly one runs the children of each pinned service: keeps a lease and a move for each
/// such service there is. At the first sign of a stop the leases go back, so that others take over while the children here still
/// serve what comes.
/// </summary>
internal sealed partial class StdioOwnership(
    RegistryState state, OwnerLeaseTerms terms, OwnerMoveParts moves, IReplicaDirectory replicas, IHostApplicationLifetime lifetime, ILogger<StdioOwnership> logger)
    : BackgroundService
{
    private static readonly TimeSpan BetweenLooksAtAddress = TimeSpan.FromMilliseconds(50);

    private readonly ConcurrentDictionary<string, Seat> _seats = new(StringComparer.Ordinal);
    private readonly Channel<bool> _changes = Channel.CreateBounded<bool>(new BoundedChannelOptions(1) { FullMode = BoundedChannelFullMode.DropWrite });
    private readonly Lock _gate = new();
    private Task? _leaving;

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        await using var stopping = lifetime.ApplicationStopping.Register(() => _ = LeaveOnceAsync());
        terms.Store.Released += OnReleased;
        moves.Owners.Doubted += OnDoubted;
        using var subscription = state.Subscribe(change =>
        {
            if (change.Kind is RegistryChangeKind.ServiceAdded or RegistryChangeKind.ServiceUpdated or RegistryChangeKind.ServiceRemoved && Concerns(change.Service)) _changes.Writer.TryWrite(true);
        });
        try
        {
            // Whom nobody can reach must own nothing.
            while (replicas.OwnAddress is null) await Task.Delay(BetweenLooksAtAddress, terms.Time, stoppingToken);
            do await ReconcileSafelyAsync();
            while (await _changes.Reader.ReadAsync(stoppingToken));
        }
        catch (OperationCanceledException) when (stoppingToken.IsCancellationRequested) { }
        finally
        {
            terms.Store.Released -= OnReleased;
            moves.Owners.Doubted -= OnDoubted;
        }
    }

    public override async Task StopAsync(CancellationToken cancellationToken)
    {
        await base.StopAsync(cancellationToken);
        await LeaveOnceAsync().WaitAsync(cancellationToken).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
    }

    // Of a thousand services few are pinned, and looking at all of them takes its time.
    private bool Concerns(string service) =>
        _seats.ContainsKey(service) || (state.Current.Services.TryGetValue(service, out var found) && IsOurs(found));

    // What this process must not start it must not own either: another one may be allowed to.
    private static bool IsOurs(ServiceSnapshot service) => service.Refusal is null && StdioOwners.IsPinned(service.Registration);

    private async Task ReconcileSafelyAsync()
    {
        try
        {
            var pinned = state.Current.Services.Values.Where(IsOurs).Select(one => one.Name).ToHashSet(StringComparer.Ordinal);
            foreach (var gone in _seats.Keys.Where(name => !pinned.Contains(name)).ToArray()) await EndAsync(gone);
            lock (_gate)
            {
                if (_leaving is not null) return;
                foreach (var added in pinned.Where(name => !_seats.ContainsKey(name))) _seats[added] = new Seat(added, terms, moves);
            }
        }
        catch (Exception bug) { LogReconcileFailed(bug); }
    }

    private async Task EndAsync(string service)
    {
        if (!_seats.TryRemove(service, out var seat)) return;
        await seat.DisposeAsync();
        moves.Owners.Forget(service);
        terms.Store.Forget(OwnerLease.NameOf(service));
    }

    private Task LeaveOnceAsync()
    {
        lock (_gate) return _leaving ??= Task.Run(() => Task.WhenAll(_seats.Values.Select(seat => seat.DisposeAsync().AsTask())));
    }

    private void OnReleased(string lease)
    {
        if (lease.StartsWith(OwnerLease.Prefix, StringComparison.Ordinal)) OnDoubted(lease[OwnerLease.Prefix.Length..]);
    }

    private void OnDoubted(string service)
    {
        if (_seats.TryGetValue(service, out var seat)) seat.Wake();
    }

    /// <summary>One service.</summary>
    private sealed class Seat : IAsyncDisposable
    {
        private readonly OwnerMove _move;
        private readonly OwnerLease _lease;

        public Seat(string service, OwnerLeaseTerms terms, OwnerMoveParts moves)
        {
            _move = new OwnerMove(service, moves);
            _lease = new OwnerLease(service, terms, _move.To);
        }

        public void Wake() => _lease.Wake();

        // Once the lease is on its way to somebody else nothing here is to move any more.
        public async ValueTask DisposeAsync()
        {
            await _move.DisposeAsync();
            await _lease.DisposeAsync();
        }
    }
}
