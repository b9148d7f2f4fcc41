using System.Collections.Immutable;

namespace McpRegistry.Core.Health;

/// <summary>The last probes. Not safe for many threads.</summary>
internal sealed class ProbeHistory
{
    public const int Capacity = 20;

    private readonly Queue<HealthCheckRecord> _records = new(Capacity);

    public HealthCheckRecord? Last { get; private set; }

    public TimeSpan? LastResponseTime { get; private set; }

    public void Add(HealthCheckRecord record)
    {
        if (_records.Count == Capacity) _records.Dequeue();
        _records.Enqueue(record);
        Last = record;
        if (record.Result is { IsHealthy: true, IsHandshake: false }) LastResponseTime = record.Result.Elapsed;
    }

    public ImmutableArray<HealthCheckRecord> NewestFirst() => [.. _records.Reverse()];
}
