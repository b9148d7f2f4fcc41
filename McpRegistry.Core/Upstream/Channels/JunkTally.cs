using Microsoft.Extensions.Logging;

namespace McpRegistry.Core.Upstream.Channels;

/// <summary>Counts what an upstream sends that is no JSON-RPC, shows the first of it, and says when it is too much.</summary>
internal sealed partial class JunkTally(string instance, TimeProvider time, ILogger logger)
{
    /// <summary>How much is put up with in a minute once the handshake is done; banners before it are free.</summary>
    public const int MaxPerMinute = 100;

    private const int MaxSamples = 5;
    private static readonly TimeSpan Window = TimeSpan.FromMinutes(1);

    private bool _isStarted;
    private long _windowStart;
    private int _inWindow;

    /// <summary>All of it so far.</summary>
    public int Total { get; private set; }

    /// <summary>The handshake is done; from now on the limit holds.</summary>
    public void Started()
    {
        _windowStart = time.GetTimestamp();
        _inWindow = 0;
        _isStarted = true;
    }

    /// <summary>Counts one piece of junk. False: that was one too many.</summary>
    public bool Accepts(ReadOnlySpan<byte> junk)
    {
        if (++Total <= MaxSamples && logger.IsEnabled(LogLevel.Debug))
        {
            var sample = LogText.Excerpt(junk);
            JunkReceived(instance, sample);
        }

        if (!_isStarted) return true;
        if (time.GetElapsedTime(_windowStart) >= Window) Started();
        return ++_inWindow <= MaxPerMinute;
    }
}
