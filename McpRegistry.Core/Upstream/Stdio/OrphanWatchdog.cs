using System.Collections.Immutable;
using System.Security.Cryptography;

using Microsoft.Extensions.Logging;

namespace McpRegistry.Core.Upstream.Stdio;

/// <summary>
/// Sees to it that no child outlives the gateway, even when the gateway is killed: a tiny shell holds the other end of a pipe
/// and, once the pipe breaks, ends every process that carries this gateway's mark, whatever group or parent it has by then.
/// </summary>
/// <remarks>PDEATHSIG is no way to do this: it follows the thread that started the child. Elsewhere than on Linux there is no watchdog.</remarks>
internal sealed partial class OrphanWatchdog(ILogger<OrphanWatchdog> logger) : IAsyncDisposable
{
    private const string Shell = "/bin/sh";

    // The mark is looked for in /proc/*/environ, which holds what a process was started with; $1 is its value.
    private const string Script = $$"""
        exec >/dev/null 2>&1
        mark={{ChildEnvironment.OwnerVariable}}=$1
        sweep() {
          for file in $(grep -lsF "$mark" /proc/[0-9]*/environ); do
            process=${file#/proc/}
            kill "-$1" "${process%/environ}"
          done
        }
        read -r word
        if [ "$word" = ended ]; then
          sweep KILL
          exit
        fi
        sleep 2
        sweep TERM
        sleep 3
        sweep KILL
        sleep 1
        sweep KILL
        """;

    private static readonly TimeSpan EndGrace = TimeSpan.FromSeconds(2);
    private static readonly TimeSpan LongEnough = TimeSpan.FromSeconds(1);

    private readonly Lock _lock = new();
    private ChildProcess? _process;
    private bool _isMissing;
    private bool _isDisposed;

    /// <summary>The mark of this gateway process, which all its children carry.</summary>
    public string Owner { get; } = RandomNumberGenerator.GetHexString(32, lowercase: true);

    /// <summary>Its process id. Null: it does not run.</summary>
    public int? ProcessId => _process?.Id;

    /// <summary>Starts it before the first child, and again when it has died: somebody may have killed it, or the kernel for want of memory.</summary>
    public void EnsureStarted()
    {
        if (!OperatingSystem.IsLinux()) return;
        lock (_lock)
        {
            if (_isMissing || _isDisposed || _process is { Exited.IsCompleted: false }) return;
            _process?.Dispose();
            _process = null;
            try
            {
                var path = Environment.GetEnvironmentVariable("PATH") ?? "/usr/bin:/bin";
                var environment = ImmutableDictionary<string, string>.Empty.Add("PATH", path);
                _process = ChildProcess.Start(new LaunchCommand(Shell, ["-c", Script, "mcp-registry-watchdog", Owner], "/", environment));
            }
            catch (UpstreamException exception)
            {
                _isMissing = true;
                WatchdogMissing(exception);
                return;
            }

            _ = GuardAsync(_process, TimeProvider.System.GetTimestamp());
        }
    }

    // One that dies at once would be started for ever; the next child tries again then.
    private async Task GuardAsync(ChildProcess process, long started)
    {
        await process.Exited;
        if (TimeProvider.System.GetElapsedTime(started) >= LongEnough) EnsureStarted();
    }

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        ChildProcess? process;
        lock (_lock)
        {
            if (_isDisposed) return;
            (_isDisposed, process) = (true, _process);
        }

        if (process is null) return;
        try
        {
            await process.Input.WriteAsync("ended\n"u8.ToArray());
            await process.Exited.WaitAsync(EndGrace, TimeProvider.System);
        }
        catch (Exception exception) when (exception is IOException or TimeoutException)
        {
            await process.KillAsync();
        }

        process.Dispose();
        _process = null;
    }
}
