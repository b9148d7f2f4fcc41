using System.Globalization;

using Microsoft.Extensions.Logging;

namespace McpRegistry.Core.Upstream.Channels;

/// <summary>
/// Counts what an upstream sends that is no JSON-RPC, shows the first of it, and says when it is a flood. Many servers log to
/// stdout although MCP forbids it: that is passed over, however many lines it is.
/// </summary>
/// <param name="instance">What the log calls the other side.</param>
/// <param name="time">The clock.</param>
/// <param name="logger">The log.</param>
/// <param name="bytesPerSecond">More than this, on average over ten seconds, is a flood; a piece counts as 100 bytes at least.</param>
internal sealed partial class JunkTally(string instance, TimeProvider time, ILogger logger, int bytesPerSecond = JunkTally.DefaultBytesPerSecond)
{
    /// <summary>The limit where nothing else is said.</summary>
    public const int DefaultBytesPerSecond = 1024 * 1024;

    private const int FloodSeconds = 10;
    private const int MaxSamples = 5;

    // Short lines cost more than their bytes.
    private const int LeastBytes = 100;

    private long _total;
    private double _recentBytes;
    private long _countedAt = time.GetTimestamp();
    private bool _hasCome;
    private bool _isUtf16;

    /// <summary>What is not to be shown of it. Null: there is nothing such.</summary>
    public HiddenWords? Hidden { get; init; }

    /// <summary>All pieces so far.</summary>
    public long Total => Interlocked.Read(ref _total);

    /// <summary>Why the conversation must end once a piece was not accepted.</summary>
    public string FloodReason { get; } = string.Create(
        CultureInfo.InvariantCulture, $"it wrote more than {bytesPerSecond} bytes a second for {FloodSeconds} s that are no JSON-RPC");

    /// <summary>What may be why nothing else came. Null: there was no junk since the last beginning.</summary>
    public string? Suspicion => !_hasCome ? null : _isUtf16 ? "what it writes is UTF-16, and MCP is UTF-8" : "what it writes is no JSON-RPC";

    /// <summary>Another child begins: what the last one flooded is not held against it.</summary>
    public void BeginAnew()
    {
        _recentBytes = 0;
        _countedAt = time.GetTimestamp();
        (_hasCome, _isUtf16) = (false, false);
    }

    /// <summary>Counts one piece of junk. False: that was one too many.</summary>
    public bool Accepts(ReadOnlySpan<byte> junk) => Accepts(junk, junk.Length);

    /// <summary>Counts one piece of junk of which only a beginning was kept. False: that was one too many.</summary>
    public bool Accepts(ReadOnlySpan<byte> junk, long length)
    {
        var number = Interlocked.Increment(ref _total);
        _hasCome = true;
        _isUtf16 |= IsUtf16(junk);
        if (number == 1) JunkBegins(instance);
        if (number <= MaxSamples && logger.IsEnabled(LogLevel.Debug))
        {
            var sample = LogText.Excerpt(junk, Hidden);
            JunkReceived(instance, sample);
        }

        // A bucket that runs out at the limit and holds ten seconds of it.
        var now = time.GetTimestamp();
        _recentBytes = Math.Max(0, _recentBytes - (time.GetElapsedTime(_countedAt, now).TotalSeconds * bytesPerSecond)) + Math.Max(length, LeastBytes);
        _countedAt = now;
        return _recentBytes <= (double)FloodSeconds * bytesPerSecond;
    }

    // A line of ASCII in UTF-16 is every other byte a NUL; the mark stands before the first.
    private static bool IsUtf16(ReadOnlySpan<byte> junk)
    {
        if (junk is [0xFF, 0xFE, ..] or [0xFE, 0xFF, ..]) return true;
        var beginning = junk[..Math.Min(junk.Length, 64)];
        return beginning.Length >= 4 && beginning.Count((byte)0) * 3 >= beginning.Length;
    }
}
