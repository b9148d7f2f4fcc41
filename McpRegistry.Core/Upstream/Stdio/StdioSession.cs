using McpRegistry.Core.Upstream.Channels;

namespace McpRegistry.Core.Upstream.Stdio;

/// <summary>The conversation with one child, from its start to its end.</summary>
internal sealed class StdioSession : IAsyncDisposable
{
    // After its end a child's last answers may still stand in the pipe; a grandchild may hold the pipe open for ever.
    private static readonly TimeSpan DrainGrace = TimeSpan.FromMilliseconds(50);

    // A pipe breaks a moment before the exit is known, and the exit is the better reason.
    private static readonly TimeSpan ExitGrace = TimeSpan.FromMilliseconds(200);

    private readonly ChildProcess _child;
    private readonly StdioOptions _options;
    private readonly TimeProvider _time;
    private readonly CancellationTokenSource _stderrStop = new();
    private readonly Task _stderr;
    private Task _subscription = Task.CompletedTask;

    public StdioSession(ChildProcess child, MessageChannelPeer peer, StderrTail stderr, StdioOptions options, TimeProvider time)
    {
        _child = child;
        _options = options;
        _time = time;
        Peer = peer;
        _stderr = stderr.DrainAsync(child.Error, _stderrStop.Token);
        peer.Start();
        Ended = WatchAsync();
    }

    public MessageChannelPeer Peer { get; }

    public int ProcessId => _child.Id;

    /// <summary>What the handshake told; null before it.</summary>
    public InstanceConnection? Connection { get; private set; }

    /// <summary>Ends with the reason when the child ended or can no longer be spoken to.</summary>
    public Task<string> Ended { get; }

    /// <summary>Shakes hands. Once.</summary>
    /// <exception cref="UpstreamException">It failed; the message says why.</exception>
    public async Task<InstanceConnection> ShakeHandsAsync(EraMemory memory, CancellationToken cancellationToken)
    {
        try
        {
            Connection = await new ChannelHandshake(Peer, _options.DiscoverTimeout, _time).RunAsync(memory.Era, cancellationToken);
            memory.Proven(Connection.Era);
            _subscription = ListChangeSubscription.KeepAsync(Peer, Connection, _time);
            return Connection;
        }
        catch (UpstreamException exception)
        {
            var isLost = Peer.IsClosed;
            memory.Failed(isLost);
            if (isLost) throw new UpstreamException(await Ended, exception);
            throw;
        }
        catch (OperationCanceledException)
        {
            memory.Failed(connectionLost: false);
            throw;
        }
    }

    /// <summary>Asks the child to end and gives it time.</summary>
    public async Task StopAsync()
    {
        await Peer.DisposeAsync();
        await _child.StopAsync(_options.CloseGrace, _options.TerminateGrace, _time);
    }

    /// <summary>Ends what is left of the child and its group at once.</summary>
    public async ValueTask DisposeAsync()
    {
        await Peer.DisposeAsync();
        await _child.KillAsync();
        await _stderrStop.CancelAsync();
        await _stderr;
        await _subscription;
        await Ended;
        _stderrStop.Dispose();
        _child.Dispose();
    }

    private async Task<string> WatchAsync()
    {
        if (await Task.WhenAny(_child.Exited, Peer.Completion) == _child.Exited)
        {
            await Task.WhenAny(Peer.Completion, Task.Delay(DrainGrace, _time));
            Peer.Close(await _child.Exited);
        }
        else
        {
            await Task.WhenAny(_child.Exited, Task.Delay(ExitGrace, _time));
        }

        return _child.Exited.IsCompleted ? await _child.Exited : await Peer.Completion;
    }
}
