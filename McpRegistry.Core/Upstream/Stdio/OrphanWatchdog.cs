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

    // Somebody who ends it again and again is let have his way.
    private const int MostRestarts = 20;

    private static readonly TimeSpan EndGrace = TimeSpan.FromSeconds(2);

    private readonly Lock _lock = new();
    private ChildProcess? _process;
    private bool _isTried;
    private bool _isOver;
    private int _restarts;

    /// <summary>The mark of this gateway process, which all its children carry.</summary>
    public string Owner { get; } = RandomNumberGenerator.GetHexString(32, lowercase: true);

    /// <summary>Its process id. Null: it does not run.</summary>
    public int? ProcessId
    {
        get { lock (_lock) return _process?.Id; }
    }

    /// <summary>Starts it before the first child. From then on it is started again when it dies.</summary>
    public void EnsureStarted()
    {
        if (!OperatingSystem.IsLinux()) return;
        lock (_lock)
        {
            if (_isTried) return;
            _isTried = true;
            Start();
        }
    }

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        ChildProcess? running;
        lock (_lock)
        {
            _isOver = true;
            (running, _process) = (_process, null);
        }

        if (running is not { } process) return;
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
    }

    // Under the lock.
    private void Start()
    {
        try
        {
            var path = Environment.GetEnvironmentVariable("PATH") ?? "/usr/bin:/bin";
            var environment = ImmutableDictionary<string, string>.Empty.Add("PATH", path);
            _process = ChildProcess.Start(new LaunchCommand(Shell, ["-c", Script, "mcp-registry-watchdog", Owner], "/", environment));
            _ = RestartAfterAsync(_process);
        }
        catch (UpstreamException exception)
        {
            WatchdogMissing(exception);
        }
    }

    private async Task RestartAfterAsync(ChildProcess process)
    {
        var end = await process.Exited;
        lock (_lock)
        {
            if (_isOver || _process != process) return;
            _process = null;
            process.Dispose();
            var again = ++_restarts <= MostRestarts;
            WatchdogDied(end, again);
            if (again) Start();
        }
    }
}
