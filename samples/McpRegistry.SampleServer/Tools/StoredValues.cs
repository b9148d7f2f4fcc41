using System.Collections.Concurrent;

namespace McpRegistry.SampleServer.Tools;

/// <summary>What set_value and add_row leave behind in this process.</summary>
internal sealed class StoredValues
{
    private int _rows;

    public ConcurrentDictionary<string, string> Values { get; } = new(StringComparer.Ordinal);

    public int AddRow() => Interlocked.Increment(ref _rows);
}
