using System.Text;

using McpRegistry.Core.Upstream.Channels;

using Microsoft.Extensions.Logging;

namespace McpRegistry.Core.Upstream.Stdio;

/// <summary>
/// The end of what an instance's children wrote to stderr, and, at level Debug, each line of it in the log as it comes. For
/// administrators only: it may hold secrets.
/// </summary>
internal sealed partial class StderrTail(string instance, int capacity, ILogger logger)
{
    // A longer line comes in pieces.
    private const int LongestLine = 4096;

    private readonly Lock _lock = new();
    private readonly byte[] _ring = new byte[capacity];
    private long _written;

    /// <summary>What of it is not shown in the log.</summary>
    public HiddenWords Hidden { get; } = new();

    /// <summary>Reads a child's stderr until it ends.</summary>
    public async Task DrainAsync(Stream stderr, CancellationToken cancellationToken)
    {
        var buffer = new byte[4096];
        var lines = new StderrLines(LongestLine, LogLine);
        try
        {
            int count;
            while ((count = await stderr.ReadAsync(buffer, cancellationToken)) > 0)
            {
                Append(buffer.AsSpan(0, count));
                if (logger.IsEnabled(LogLevel.Debug)) lines.Add(buffer.AsSpan(0, count));
            }
        }
        catch (Exception exception) when (exception is IOException or OperationCanceledException or ObjectDisposedException)
        {
            // The child is gone; what it wrote until then is kept.
        }

        lines.End();
    }

    /// <summary>What is kept, as text.</summary>
    public string Read()
    {
        lock (_lock)
        {
            if (_written <= capacity) return Encoding.UTF8.GetString(_ring, 0, (int)_written);
            var oldest = (int)(_written % capacity);
            return Encoding.UTF8.GetString([.. _ring.AsSpan(oldest), .. _ring.AsSpan(0, oldest)]);
        }
    }

    private void Append(ReadOnlySpan<byte> bytes)
    {
        lock (_lock)
        {
            var kept = bytes.Length > capacity ? bytes[^capacity..] : bytes;
            _written += bytes.Length - kept.Length;
            while (!kept.IsEmpty)
            {
                var position = (int)(_written % capacity);
                var part = kept[..Math.Min(kept.Length, capacity - position)];
                part.CopyTo(_ring.AsSpan(position));
                _written += part.Length;
                kept = kept[part.Length..];
            }
        }
    }

    private void LogLine(ReadOnlySpan<byte> bytes)
    {
        var line = Hidden.In(LogText.Line(bytes));
        StderrLine(instance, line);
    }
}
