using McpRegistry.Core.Calls;
using McpRegistry.Core.State;

namespace McpRegistry.Core.Cluster;

/// <summary>
/// Between two owners nobody takes the calls of a pinned service for a moment. They wait here for the next one; so do those whose
/// owner did not take them, since it may be an owner no more.
/// </summary>
internal sealed class OwnerWait(RegistryState state, StdioOwners owners, TimeProvider time) : IOwnerWait
{
    internal static readonly TimeSpan Patience = TimeSpan.FromSeconds(5);

    // An owner that stays away must not fill the memory with calls that hope for it.
    internal const int MostWaiting = 2_000;

    private static readonly TimeSpan BetweenLooks = TimeSpan.FromMilliseconds(50);

    private int _waiting;

    public async ValueTask<ServiceSnapshot?> WaitAsync(UpstreamCall call, TriedInstances tried, TimeSpan longest, CancellationToken cancellationToken)
    {
        if (!StdioOwners.IsPinned(call.Service.Registration)) return null;
        try { return Interlocked.Increment(ref _waiting) > MostWaiting ? null : await WaitInTurnAsync(call, tried, longest, cancellationToken); }
        catch (OperationCanceledException) when (cancellationToken.IsCancellationRequested) { return null; }
        finally { Interlocked.Decrement(ref _waiting); }
    }

    private async ValueTask<ServiceSnapshot?> WaitInTurnAsync(UpstreamCall call, TriedInstances tried, TimeSpan longest, CancellationToken cancellationToken)
    {
        var name = call.Service.Name;
        var wasRefused = tried.Last is { Address: not null };
        var started = time.GetTimestamp();
        while (time.GetElapsedTime(started) is var waited && waited < Patience && waited < longest)
        {
            if (!wasRefused && !owners.IsMoving(name)) return null;
            await Task.Delay(BetweenLooks, time, cancellationToken);
            if (!state.Current.Services.TryGetValue(name, out var service)) return null;
            if (service.Instances.Any(one => call.MayUse(one) && one.IsAvailable && !tried.Contains(one))) return service;
        }

        return null;
    }
}
