using System.Text.Json;
using System.Text.Json.Serialization;

namespace McpRegistry.Tests.Samples;

/// <summary>The ledger of one or more sample servers, in a file of its own. Deleted on dispose.</summary>
public sealed class SampleLedger : IDisposable
{
    private static readonly TimeSpan PollInterval = TimeSpan.FromMilliseconds(20);

    /// <summary>What to give to <c>--ledger</c>.</summary>
    public string FilePath { get; } = Path.Combine(Path.GetTempPath(), $"ledger-{Guid.NewGuid():N}.jsonl");

    /// <summary>Everything recorded so far, executions and events, oldest first.</summary>
    public IReadOnlyList<LedgerLine> Lines() => File.Exists(FilePath)
        ? [.. File.ReadAllLines(FilePath).Select(line => JsonSerializer.Deserialize<LedgerLine>(line)!)]
        : [];

    /// <summary>The executions of one tool.</summary>
    public IReadOnlyList<LedgerLine> Executions(string tool) =>
        [.. Lines().Where(line => line.Event is null && line.Tool == tool)];

    /// <summary>Waits until a line is there for which the condition holds.</summary>
    public async Task<LedgerLine> WaitForAsync(Func<LedgerLine, bool> condition, CancellationToken cancellationToken)
    {
        while (true)
        {
            if (Lines().FirstOrDefault(condition) is { } found)
                return found;
            await Task.Delay(PollInterval, TimeProvider.System, cancellationToken);
        }
    }

    public void Dispose() => File.Delete(FilePath);
}

/// <summary>One line; <paramref name="Event"/> is null for an execution.</summary>
public sealed record LedgerLine(
    [property: JsonPropertyName("event")] string? Event,
    [property: JsonPropertyName("call_id")] string? CallId,
    [property: JsonPropertyName("instance")] string Instance,
    [property: JsonPropertyName("tool")] string? Tool,
    [property: JsonPropertyName("pid")] int Pid,
    [property: JsonPropertyName("at")] DateTimeOffset At);
