using System.Collections.Concurrent;
using System.Collections.Immutable;
using System.Text;
using System.Text.Json;

using McpRegistry.Core.Cluster;
using McpRegistry.Core.Registration;
using McpRegistry.Core.Storage;

namespace McpRegistry.Tests.Cluster.Fakes;

/// <summary>One process's way to a <see cref="FakeSharedStore"/>: it can be down, deaf or broken by itself.</summary>
internal sealed class FakeSharedRegistry : ISharedRegistry
{
    private readonly FakeSharedStore _store;
    private int _fullReads;

    public FakeSharedRegistry(FakeSharedStore store, bool isUp = true)
    {
        _store = store;
        IsUp = isUp;
        store.Join(this);
    }

    public bool KeepsSecrets => true;

    public bool IsUp { get; private set; }

    /// <summary>True while messages get lost.</summary>
    public bool IsDeaf { get; set; }

    /// <summary>Thrown by every read while it is there.</summary>
    public Exception? Fault { get; set; }

    public int FullReads => Volatile.Read(ref _fullReads);

    /// <summary>The services of each read that named them.</summary>
    public ConcurrentQueue<ImmutableArray<string>> NamedReads { get; } = new();

    public event Action? UpChanged;

    public event Action<SharedChange>? Changed;

    public void SetUp(bool isUp)
    {
        IsUp = isUp;
        UpChanged?.Invoke();
    }

    public void Hear(SharedChange change)
    {
        if (IsUp && !IsDeaf) Changed?.Invoke(change);
    }

    public ValueTask<SharedPosition?> PositionAsync(CancellationToken cancellationToken) => Read(() => _store.Read().Position);

    public ValueTask<SharedContent> ReadAsync(CancellationToken cancellationToken)
    {
        Interlocked.Increment(ref _fullReads);
        return Read(_store.Read);
    }

    public ValueTask<SharedContent> ReadAsync(IReadOnlyCollection<string> services, CancellationToken cancellationToken)
    {
        NamedReads.Enqueue([.. services]);
        return Read(() =>
        {
            var all = _store.Read();
            return all with { Registrations = [.. all.Registrations.Where(one => services.Contains(one.Name))] };
        });
    }

    public ValueTask<SharedPosition?> TrySeedAsync(SharedContent content, SharedPosition? seen, CancellationToken cancellationToken) => Read(() => _store.TrySeed(content, seen));

    public async ValueTask<ImmutableArray<ServiceRegistration>> ListAsync(CancellationToken cancellationToken) => (await Read(_store.Read)).Registrations;

    public async ValueTask<ImmutableArray<InstanceName>> ListDrainedAsync(CancellationToken cancellationToken) => (await Read(_store.Read)).Drained;

    public ValueTask<bool> TryAddAsync(ServiceRegistration registration, CancellationToken cancellationToken) => Write(registration.Name, now =>
        Find(now, registration.Name) is null ? now with { Registrations = now.Registrations.Add(registration) } : null);

    public ValueTask<bool> TryReplaceAsync(ServiceRegistration registration, CancellationToken cancellationToken) => Write(registration.Name, now =>
        Find(now, registration.Name) is { } before && before.CreatedAt == registration.CreatedAt && before.Version == registration.Version - 1
            ? now with { Registrations = now.Registrations.Replace(before, registration) }
            : null);

    public ValueTask<bool> TryRemoveAsync(string name, CancellationToken cancellationToken) => Write(name, now =>
        Find(now, name) is { } before ? now with { Registrations = now.Registrations.Remove(before) } : null);

    public async ValueTask SetDrainedAsync(InstanceName instance, bool drained, CancellationToken cancellationToken) => await Write(null, now =>
        now.Drained.Contains(instance) == drained ? null : now with { Drained = drained ? now.Drained.Add(instance) : now.Drained.Remove(instance) });

    public byte[] Seal(SharedContent content) => JsonSerializer.SerializeToUtf8Bytes(new Sealed(
        content.Position,
        [.. content.Registrations.Select(one => Encoding.UTF8.GetString(RegistrationJson.ToStored(one)))],
        [.. content.Drained]));

    public SharedContent? Unseal(ReadOnlySpan<byte> sealedContent)
    {
        try
        {
            var (position, registrations, drained) = JsonSerializer.Deserialize<Sealed>(sealedContent)!;
            return new SharedContent(position, [.. registrations.Select(one => RegistrationJson.FromStored(Encoding.UTF8.GetBytes(one)))], [.. drained]);
        }
        catch (JsonException)
        {
            return null;
        }
    }

    private static ServiceRegistration? Find(SharedContent content, string name) => content.Registrations.FirstOrDefault(one => one.Name == name);

    private ValueTask<T> Read<T>(Func<T> read)
    {
        if (!IsUp) throw new RegistryStoreException("It is down.");
        if (Fault is { } fault) throw fault;
        return ValueTask.FromResult(read());
    }

    private ValueTask<bool> Write(string? service, Func<SharedContent, SharedContent?> change) => Read(() => _store.Change(service, change));

    private sealed record Sealed(SharedPosition? Position, string[] Registrations, InstanceName[] Drained);
}
