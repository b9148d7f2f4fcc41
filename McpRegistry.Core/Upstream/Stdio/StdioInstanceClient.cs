namespace McpRegistry.Core.Upstream.Stdio;

/// <summary>The client of one supervised child. A child that comes back takes the calls again without anyone connecting anew.</summary>
/// <param name="supervisor">Keeps the child running.</param>
/// <param name="longestWait">How long a call waits for a child that is being started.</param>
/// <param name="soon">A child that cannot be started within this is not waited for; the call is told why.</param>
/// <param name="isLone">True when nothing else could take its calls.</param>
/// <param name="time">The clock.</param>
internal sealed class StdioInstanceClient(ChildSupervisor supervisor, TimeSpan longestWait, TimeSpan soon, bool isLone, TimeProvider time) : IInstanceClient, IReportsPassedOver
{
    /// <inheritdoc/>
    public InstanceConnection? Connection => supervisor.State.Session?.Connection;

    /// <inheritdoc/>
    public bool ConnectsForCalls => !supervisor.State.IsStopped;

    /// <inheritdoc/>
    public long PassedOver => supervisor.Junk.Total;

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
        var reply = await TrySendAsync(request, cancellationToken);
        // It ended before anything was written to it, so the next one may have the call.
        if (!isLone || reply.Outcome != UpstreamOutcome.ConnectFailed || !HasJustEnded(supervisor.State)) return reply;
        reply.Dispose();
        return await TrySendAsync(request, cancellationToken);
    }

    private async ValueTask<UpstreamReply> TrySendAsync(UpstreamRequest request, CancellationToken cancellationToken)
    {
        var state = supervisor.State;
        if (isLone && HasJustEnded(state))
        {
            // Its end is about to be known, and what comes next with it.
            if (!await WaitForStartAsync(state, cancellationToken)) return UpstreamReply.Cancelled(wasSent: false);
            state = supervisor.State;
        }

        if (state.Session is null)
        {
            supervisor.EnsureStarted();
            state = supervisor.State;
            if (IsWorthWaiting(state) && !await WaitForStartAsync(state, cancellationToken)) return UpstreamReply.Cancelled(wasSent: false);
            state = supervisor.State;
        }

        return state.Session is { Connection: { } connection } session
            ? await session.Peer.SendAsync(request, connection.Era, connection.ProtocolVersion, cancellationToken)
            : UpstreamReply.NotSent(UpstreamOutcome.ConnectFailed, state.Text);
    }

    /// <inheritdoc/>
    public void Hurry() => supervisor.State.Pause?.Shorten();

    /// <inheritdoc/>
    public ValueTask DisposeAsync() => supervisor.DisposeAsync();

    // The conversation is over, and the supervisor has not said so yet.
    private static bool HasJustEnded(SupervisorState state) => state.Session is { Peer.IsClosed: true };

    // Nothing else could be tried, so the call brings the start forward.
    private bool IsWorthWaiting(SupervisorState state)
    {
        if (state.Session is not null) return false;
        if (state.Pause is not { } pause) return state.IsComing;
        if (pause.LeftAtLeast > soon) return false;
        pause.Shorten();
        return true;
    }

    // False: the caller gave up.
    private async Task<bool> WaitForStartAsync(SupervisorState state, CancellationToken cancellationToken)
    {
        try
        {
            await state.Next.Task.WaitAsync(longestWait, time, cancellationToken);
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
