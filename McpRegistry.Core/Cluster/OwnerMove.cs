using System.Collections.Immutable;
using System.Threading.Channels;

using McpRegistry.Core.State;

using Microsoft.Extensions.Logging;

namespace McpRegistry.Core.Cluster;

/// <summary>
/// Brings the owner of one service into the snapshot: children are started or a relay is made beside what there was, and what
/// there was ends once the new way works, so that calls need not wait for a child to start.
/// </summary>
internal sealed partial class OwnerMove : IAsyncDisposable
{
    // An owner that stops serves for five seconds after it gave the lease back. Nothing may be on its way to it when it closes its
    // connections: a call that breaks off then may have been executed. After that calls wait for the child of the new one.
    private static readonly TimeSpan LongestOverlap = TimeSpan.FromSeconds(3);
    private static readonly TimeSpan LongestMove = TimeSpan.FromSeconds(15);
    private static readonly TimeSpan BetweenLooks = TimeSpan.FromMilliseconds(50);

    private readonly Channel<StdioOwner?> _wanted = Channel.CreateBounded<StdioOwner?>(new BoundedChannelOptions(1) { FullMode = BoundedChannelFullMode.DropOldest });
    private readonly CancellationTokenSource _stopping = new();
    private readonly string _service;
    private readonly OwnerMoveParts _parts;
    private readonly Task _loop;

    public OwnerMove(string service, OwnerMoveParts parts)
    {
        (_service, _parts) = (service, parts);
        using (ExecutionContext.SuppressFlow()) _loop = Task.Run(RunAsync);
    }

    /// <summary>The service belongs there now; null: nobody is known to have it. Returns at once.</summary>
    public void To(StdioOwner? owner) => _wanted.Writer.TryWrite(owner);

    public async ValueTask DisposeAsync()
    {
        await _stopping.CancelAsync();
        await _loop;
    }

    private async Task RunAsync()
    {
        try
        {
            await foreach (var owner in _wanted.Reader.ReadAllAsync(_stopping.Token)) await MoveSafelyAsync(owner);
        }
        catch (OperationCanceledException) when (_stopping.IsCancellationRequested) { }
    }

    private async Task MoveSafelyAsync(StdioOwner? owner)
    {
        try { await MoveAsync(owner); }
        catch (Exception bug) when (!_stopping.IsCancellationRequested) { LogBug(_parts.Log, _service, bug); }
    }

    private async Task MoveAsync(StdioOwner? owner)
    {
        if (owner is null) LogNobody(_parts.Log, _service);
        else if (owner.IsSelf) LogHere(_parts.Log, _service);
        else LogElsewhere(_parts.Log, _service, owner.Replica);
        _parts.Owners.Move(_service, owner);
        await _parts.Registry.RebuildAsync(_service, _stopping.Token);

        var started = _parts.Time.GetTimestamp();
        var overlaps = true;
        while (!Works() && _parts.Time.GetElapsedTime(started) is var passed && passed < LongestMove)
        {
            // There is a newer owner: what was there before stays until that one works.
            if (_wanted.Reader.TryPeek(out _)) return;
            if (owner is null && Instances().Length == 0) break;
            if (overlaps && passed >= LongestOverlap)
            {
                overlaps = false;
                _parts.Owners.Leave(_service);
                await _parts.Registry.RebuildAsync(_service, _stopping.Token);
            }

            await Task.Delay(BetweenLooks, _parts.Time, _stopping.Token);
        }

        _parts.Owners.Settle(_service);
        await _parts.Registry.RebuildAsync(_service, _stopping.Token);
        if (owner is null) _parts.State.RefreshCondition(_service, "No replica runs it yet.");
    }

    private bool Works() => Instances().Any(one => one.IsAvailable && _parts.Owners.IsOfPresentOwner(one));

    private ImmutableArray<InstanceState> Instances() =>
        _parts.State.Current.Services.TryGetValue(_service, out var service) ? service.Instances : [];
}

/// <summary>What the moves of all services share.</summary>
internal sealed record OwnerMoveParts(RegistryState State, ServiceRegistry Registry, StdioOwners Owners, TimeProvider Time, ILogger<OwnerMove> Log);
