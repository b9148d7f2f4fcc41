namespace McpRegistry.Core.Upstream.Stdio;

/// <summary>The client of one supervised child. A child that comes back takes the calls again without anyone connecting anew.</summary>
internal sealed class StdioInstanceClient(ChildSupervisor supervisor, TimeSpan restartWait, TimeProvider time) : IInstanceClient
{
    /// <inheritdoc/>
    public InstanceConnection? Connection => supervisor.State.Session?.Connection;

    /// <summary>The child's process id, for administrators. Null: there is none now.</summary>
    internal int? ProcessId => supervisor.State.Session?.ProcessId;

    /// <summary>How often the child was started again.</summary>
    internal int Restarts => supervisor.Restarts;

    /// <summary>Its state in words, e.g. <c>crash loop: exited with code 3</c>.</summary>
    internal string StateText => supervisor.State.Text;

    /// <summary>The end of its stderr, for administrators only.</summary>
    internal string ReadStderr() => supervisor.Stderr.Read();

    /// <inheritdoc/>
    public async Task ConnectAsync(CancellationToken cancellationToken)
    {
        supervisor.EnsureStarted();
        var state = supervisor.State;
        if (state.Session is not null) return;
        var failure = state.IsComing ? await state.Next.Task.WaitAsync(cancellationToken) : state.Text;
        if (failure is not null) throw new UpstreamException(failure);
    }

    /// <inheritdoc/>
    public async ValueTask<UpstreamReply> SendAsync(UpstreamRequest request, CancellationToken cancellationToken)
    {
        var state = supervisor.State;
        if (state.Session is null && !state.IsComing)
        {
            supervisor.Hurry();
            state = supervisor.State;
        }

        if (state.Session is null && state.IsComing)
        {
            if (!await WaitForRestartAsync(state, cancellationToken)) return UpstreamReply.Cancelled(wasSent: false);
            state = supervisor.State;
        }

        return state.Session is { Connection: { } connection } session
            ? await session.Peer.SendAsync(request, connection.Era, connection.ProtocolVersion, cancellationToken)
            : UpstreamReply.NotSent(UpstreamOutcome.ConnectFailed, state.Text);
    }

    /// <inheritdoc/>
    public ValueTask DisposeAsync() => supervisor.DisposeAsync();

    // False: the caller gave up.
    private async Task<bool> WaitForRestartAsync(SupervisorState state, CancellationToken cancellationToken)
    {
        try
        {
            await state.Next.Task.WaitAsync(restartWait, time, cancellationToken);
        }
        catch (TimeoutException)
        {
            // It takes longer than a call should wait; the state says what is known.
        }
        catch (OperationCanceledException)
        {
            return false;
        }

        return true;
    }
}
