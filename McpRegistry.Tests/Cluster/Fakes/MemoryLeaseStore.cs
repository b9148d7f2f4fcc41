using System.Collections.Concurrent;

using McpRegistry.Core.Cluster;
using McpRegistry.Core.Storage;

namespace McpRegistry.Tests.Cluster.Fakes;

/// <summary>Leases as a store keeps them, by the clock of the test; away, hung or emptied when the test says so.</summary>
internal sealed class MemoryLeaseStore(TimeProvider time) : ILeaseStore
{
    private readonly Lock _gate = new();
    private readonly Dictionary<string, Lease> _leases = [];
    private readonly Dictionary<string, long> _tokens = [];
    private readonly ConcurrentDictionary<string, TaskCompletionSource> _hung = new();
    private volatile bool _isAway;
    private int _takes;
    private int _extensions;

    public event Action<string>? Released;

    public bool IsAway { get => _isAway; set => _isAway = value; }

    public int Takes => Volatile.Read(ref _takes);

    public int Extensions => Volatile.Read(ref _extensions);

    /// <summary>Commands of this owner get no answer until <see cref="Recover"/>.</summary>
    public void Hang(string owner) => _hung[owner] = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);

    public void Recover()
    {
        foreach (var (owner, _) in _hung)
            if (_hung.TryRemove(owner, out var ended)) ended.SetResult();
    }

    public void Forget()
    {
        lock (_gate)
        {
            _leases.Clear();
            _tokens.Clear();
        }
    }

    public string? OwnerOf(string name)
    {
        lock (_gate) return Held(name)?.Owner;
    }

    public ValueTask<LeaseAnswer> TryTakeAsync(string name, string owner, TimeSpan duration, long knownToken, CancellationToken cancellationToken)
    {
        Interlocked.Increment(ref _takes);
        return StepAsync(owner, () =>
        {
            if (Held(name) is { } held && held.Owner != owner) return new LeaseAnswer(0, held.Owner, held.Duration - time.GetElapsedTime(held.Since));
            var token = _tokens[name] = Math.Max(_tokens.GetValueOrDefault(name), knownToken) + 1;
            _leases[name] = new Lease(owner, token, time.GetTimestamp(), duration);
            return new LeaseAnswer(token, owner, duration);
        });
    }

    public ValueTask<bool> TryExtendAsync(string name, string owner, long token, TimeSpan duration, CancellationToken cancellationToken)
    {
        Interlocked.Increment(ref _extensions);
        return StepAsync(owner, () =>
        {
            if (Held(name) is not { } held || held.Owner != owner || held.Token != token) return false;
            _leases[name] = held with { Since = time.GetTimestamp(), Duration = duration };
            return true;
        });
    }

    public async ValueTask ReleaseAsync(string name, string owner, long token, CancellationToken cancellationToken)
    {
        var isReleased = await StepAsync(owner, () => Held(name) is { } held && held.Owner == owner && held.Token == token && _leases.Remove(name));
        if (isReleased) Released?.Invoke(name);
    }

    public void Forget(string name) { /* What the store itself knows stays. */ }

    private async ValueTask<T> StepAsync<T>(string owner, Func<T> step)
    {
        if (_hung.TryGetValue(owner, out var hanging))
        {
            await hanging.Task;
            throw new RegistryStoreException("The command got lost.");
        }

        if (_isAway) throw new RegistryStoreException("The store is away.");
        lock (_gate) return step();
    }

    private Lease? Held(string name) =>
        _leases.TryGetValue(name, out var held) && time.GetElapsedTime(held.Since) < held.Duration ? held : null;

    private sealed record Lease(string Owner, long Token, long Since, TimeSpan Duration);
}
