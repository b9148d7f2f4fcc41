using System.Diagnostics;
using System.Diagnostics.Metrics;
using System.Globalization;

using McpRegistry.Core.Buffers;
using McpRegistry.Core.Diagnostics;
using McpRegistry.Core.Registration;
using McpRegistry.Core.Upstream.Channels;

using Microsoft.Extensions.Logging;

namespace McpRegistry.Core.Upstream.Stdio;

/// <summary>Keeps one child of a service running: starts it, shakes hands, starts it again when it ends, and stops it.</summary>
internal sealed partial class ChildSupervisor(
    ServiceRegistration registration,
    string instanceId,
    IInstanceObserver observer,
    ChildLauncher launcher,
    StderrTail stderr,
    StdioOptions options,
    int maxLineBytes,
    TimeProvider time,
    Random random,
    ILogger logger,
    ByteBudget? budget = null) : IAsyncDisposable
{
    private static readonly Counter<long> RestartCounter = RegistryTelemetry.Meter.CreateCounter<long>("mcpregistry.stdio.restarts", "{restart}", "Restarts of child processes, by service and instance.");

    private readonly string _name = $"{registration.Name}/{instanceId}";
    private readonly RestartPolicy _restartPolicy = new(options, time, random);
    private readonly EraMemory _era = new();
    private readonly JunkTally _junk = new($"{registration.Name}/{instanceId}", time, logger, options.JunkBytesPerSecond) { Hidden = stderr.Hidden };
    private readonly CancellationTokenSource _stop = new();
    private readonly Lock _startLock = new();
    private volatile SupervisorState _state = new("not started", NewDecision());
    private Task? _supervision;
    private bool _isStopped;
    private int _restarts;

    public SupervisorState State => _state;

    /// <summary>How often a child was started after the first.</summary>
    public int Restarts => Volatile.Read(ref _restarts);

    public StderrTail Stderr => stderr;

    /// <summary>What its children wrote to stdout that is no JSON-RPC.</summary>
    public JunkTally Junk => _junk;

    /// <summary>Begins to supervise; nothing more happens when it was done before.</summary>
    public void EnsureStarted()
    {
        lock (_startLock)
        {
            if (_supervision is not null || _isStopped) return;
            _state = new SupervisorState("starting", _state.Next) { IsComing = true };
            _supervision = Task.Run(SuperviseAsync);
        }
    }

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        Task? supervision;
        lock (_startLock)
        {
            if (_isStopped) return;
            _isStopped = true;
            supervision = _supervision;
        }

        await _stop.CancelAsync();
        if (supervision is not null) await supervision;
        var last = _state;
        _state = new SupervisorState("stopped", last.Next) { IsStopped = true };
        last.Next.TrySetResult("stopped");
        _stop.Dispose();
    }

    private async Task SuperviseAsync()
    {
        while (true)
        {
            var end = await RunChildAsync();
            if (_stop.IsCancellationRequested) return;

            var pause = _restartPolicy.PauseAfter(end.Lived, end.WasConnected);
            Failed(end.WasStarted && _restartPolicy.IsCrashLoop ? $"crash loop: {end.Reason}" : end.Reason, pause);
            if (!await PauseAsync(pause)) return;

            Interlocked.Increment(ref _restarts);
            RestartCounter.Add(1, new TagList { { TelemetryTags.Service, registration.Name }, { TelemetryTags.Instance, instanceId } });
            _state = new SupervisorState("starting", _state.Next) { IsComing = true };
        }
    }

    // Whatever goes wrong in here must not end the supervision.
    private async Task<ChildEnd> RunChildAsync()
    {
        StdioSession? session = null;
        long? connected = null;
        string reason;
        try
        {
            session = await OpenAsync(opened => session = opened);
            connected = time.GetTimestamp();
            reason = await session.Ended.WaitAsync(_stop.Token);
        }
        catch (OperationCanceledException) when (_stop.IsCancellationRequested)
        {
            reason = "stopped";
        }
        catch (OperationCanceledException)
        {
            reason = string.Create(CultureInfo.InvariantCulture, $"no handshake within {registration.Config.Timeouts.Startup.TotalSeconds} s");
            if (_junk.Suspicion is { } suspicion) reason += "; " + suspicion;
        }
        catch (UpstreamException exception)
        {
            reason = exception.Message;
        }
        catch (Exception exception)
        {
            StartBroke(registration.Name, instanceId, exception);
            reason = "could not be started";
        }

        var lived = connected is { } start ? time.GetElapsedTime(start) : TimeSpan.Zero;
        if (session is not null) await EndAsync(session);
        return new ChildEnd(reason, session is not null, connected is not null, lived);
    }

    private async Task EndAsync(StdioSession session)
    {
        try
        {
            if (_stop.IsCancellationRequested) await session.StopAsync();
            await session.DisposeAsync();
        }
        catch (Exception exception)
        {
            EndBroke(registration.Name, instanceId, exception);
        }
    }

    private async Task<StdioSession> OpenAsync(Action<StdioSession> opened)
    {
        // What npm may have to download first is not the program's own time.
        var command = await launcher.PrepareAsync(registration.Config, options, _stop.Token);
        using var timeout = new CancellationTokenSource(registration.Config.Timeouts.Startup, time);
        using var startup = CancellationTokenSource.CreateLinkedTokenSource(timeout.Token, _stop.Token);
        stderr.Hidden.Set(command.Secrets);
        var child = launcher.Start(command);
        _junk.BeginAnew();
        var channel = new LineChannel(child.Input, child.Output, maxLineBytes, budget);
        var session = new StdioSession(child, new MessageChannelPeer(_name, channel, observer, time, logger, _junk), stderr, options, time);
        opened(session);
        var connection = await session.ShakeHandsAsync(_era, startup.Token);
        // A bridge to a gateway, started as a child.
        if (observer.RefusalOf(connection) is { } refusal) throw new UpstreamException(refusal);

        var decided = _state.Next;
        _state = new SupervisorState("running", NewDecision()) { Session = session };
        ChildConnected(registration.Name, instanceId, session.ProcessId, connection.ProtocolVersion);
        observer.Connected(connection);
        decided.TrySetResult(null);
        return session;
    }

    private void Failed(string reason, RestartPause pause)
    {
        var decided = _state.Next;
        var isComing = pause.Whole <= options.RestartWait;
        _state = new SupervisorState(reason, NewDecision()) { IsComing = isComing, Pause = pause };
        ChildEnded(registration.Name, instanceId, reason, pause.Whole);
        observer.Disconnected(reason);
        decided.TrySetResult(reason);
    }

    private async Task<bool> PauseAsync(RestartPause pause)
    {
        try
        {
            await pause.WaitAsync(_stop.Token);
            return true;
        }
        catch (OperationCanceledException)
        {
            return false;
        }
    }

    private static TaskCompletionSource<string?> NewDecision() => new(TaskCreationOptions.RunContinuationsAsynchronously);

    // How a child ended; it lives from its handshake on, however long its start took.
    private readonly record struct ChildEnd(string Reason, bool WasStarted, bool WasConnected, TimeSpan Lived);
}
