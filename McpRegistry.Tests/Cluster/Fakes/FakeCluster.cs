using McpRegistry.Tests.Fakes;
using McpRegistry.Tests.Storage;

using Microsoft.Extensions.Logging;

namespace McpRegistry.Tests.Cluster.Fakes;

/// <summary>Replicas on one fake store and one clock that the test drives.</summary>
internal sealed class FakeCluster : IAsyncDisposable
{
    private readonly TemporaryFolder _folder = new();
    private readonly List<Replica> _replicas = [];

    public SteppedClock Time { get; } = new(new DateTimeOffset(2026, 11, 22, 10, 0, 0, TimeSpan.Zero));

    public FakeSharedStore Store { get; } = new();

    public LogLines Log { get; } = new();

    public string SnapshotPath(string name = "redis-snapshot.json") => _folder.File(name);

    public async Task<(Replica Replica, FakeSharedRegistry Way)> StartAsync(
        bool isUp = true, bool acceptEmpty = false, TimeSpan? poll = null, string? snapshot = null)
    {
        var way = new FakeSharedRegistry(Store, isUp);
        var replica = new Replica(way, Time, SnapshotPath(snapshot ?? $"{_replicas.Count}.json"), acceptEmpty, poll, Log);
        _replicas.Add(replica);
        var starting = replica.StartAsync();
        await UntilAsync(() => starting.IsCompleted, "the replica has started");
        await starting;
        return (replica, way);
    }

    /// <summary>Lets time pass in small steps until something is so.</summary>
    public Task UntilAsync(Func<bool> condition, string what) => Time.UntilAsync(condition, what, TimeSpan.FromMilliseconds(10));

    /// <summary>Lets so much time pass, in steps that are large beside a burst of changes and small beside a poll.</summary>
    public Task PassAsync(TimeSpan duration) => Time.PassAsync(duration, TimeSpan.FromMilliseconds(250));

    public Task InStepAsync(params Replica[] replicas) => UntilAsync(
        () => replicas.All(one => one.Freshness.IsInStep && one.View.Position == Store.Position && one.Names.SequenceEqual(Store.Names)),
        "all have what the store has");

    public async ValueTask DisposeAsync()
    {
        foreach (var replica in _replicas) await replica.DisposeAsync();
        _folder.Dispose();
    }

    /// <summary>What was logged: <c>Warning StoreRestored: text</c>.</summary>
    internal sealed class LogLines : ILoggerFactory, ILogger
    {
        private readonly List<string> _lines = [];

        public IReadOnlyList<string> Of(string eventName)
        {
            lock (_lines) return [.. _lines.Where(line => line.Contains($" {eventName}: ", StringComparison.Ordinal))];
        }

        public IReadOnlyList<string> Of(LogLevel level)
        {
            lock (_lines) return [.. _lines.Where(line => line.StartsWith($"{level} ", StringComparison.Ordinal))];
        }

        public ILogger CreateLogger(string categoryName) => this;

        public void AddProvider(ILoggerProvider provider) { }

        public IDisposable? BeginScope<TState>(TState state) where TState : notnull => null;

        public bool IsEnabled(LogLevel logLevel) => true;

        public void Log<TState>(LogLevel logLevel, EventId eventId, TState state, Exception? exception, Func<TState, Exception?, string> formatter)
        {
            lock (_lines) _lines.Add($"{logLevel} {eventId.Name}: {formatter(state, exception)}");
        }

        public void Dispose() { }
    }
}
