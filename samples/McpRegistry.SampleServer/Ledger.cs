using System.Text.Json;

namespace McpRegistry.SampleServer;

/// <summary>
/// The witness of what really ran: one JSON line per execution or event. Several processes may share one file,
/// and a line survives the death of the process that wrote it.
/// </summary>
internal sealed class Ledger(AppendOnlyFile? file, string instance, TimeProvider time) : IDisposable
{
    private int _cancelled;

    /// <summary>How many executions of this process saw their cancellation.</summary>
    public int CancelledCount => Volatile.Read(ref _cancelled);

    public static Ledger Open(string? path, string instance, TimeProvider time) =>
        new(path is null ? null : AppendOnlyFile.Open(path), instance, time);

    public void Execution(string tool, string? callId) =>
        Write(new { call_id = callId, instance, tool, pid = Environment.ProcessId, at = time.GetUtcNow() });

    public void Cancelled(string tool, string? callId)
    {
        Interlocked.Increment(ref _cancelled);
        Write(new { @event = "cancelled", call_id = callId, instance, tool, pid = Environment.ProcessId, at = time.GetUtcNow() });
    }

    public void Event(string name) =>
        Write(new { @event = name, instance, pid = Environment.ProcessId, at = time.GetUtcNow() });

    public void Dispose() => file?.Dispose();

    private void Write<T>(T entry)
    {
        if (file is not null)
            file.AppendLine(JsonSerializer.SerializeToUtf8Bytes(entry));
    }
}
