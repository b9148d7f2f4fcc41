using McpRegistry.Core.Cluster;
using McpRegistry.Core.Storage;

namespace McpRegistry.Mcp;

/// <summary>
/// Writes down the sessions that are here, and says from time to time that they still are. What could not be written because
/// the store was away is written then.
/// </summary>
internal sealed partial class SessionRecords(
    LegacySessions sessions, ISharedSessions shared, IReplicaDirectory replicas, TimeProvider time, ILogger<SessionRecords> log)
    : BackgroundService
{
    /// <inheritdoc cref="ISessionSharing.WriteAsync"/>
    public async Task WriteAsync(LegacySession session)
    {
        try { await shared.SaveAsync(Describe(session), sessions.Idle, CancellationToken.None); }
        catch (RegistryStoreException failure) { LogNotWritten(log, failure); }
    }

    /// <inheritdoc cref="ISessionSharing.ForgetAsync"/>
    public async Task ForgetAsync(LegacySession session)
    {
        try { await shared.RemoveAsync(session.Id, CancellationToken.None); }
        catch (RegistryStoreException failure) { LogNotWritten(log, failure); }
    }

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        using var timer = new PeriodicTimer(sessions.SweepPeriod, time);
        shared.Reconnected += OnReconnected;
        sessions.Evicted += ForgetEvicted;
        try
        {
            while (await timer.WaitForNextTickAsync(stoppingToken)) await TouchSafelyAsync(stoppingToken);
        }
        catch (OperationCanceledException) when (stoppingToken.IsCancellationRequested) { }
        finally
        {
            shared.Reconnected -= OnReconnected;
            sessions.Evicted -= ForgetEvicted;
        }

        // What was opened meanwhile is in no store yet, and there other replicas look.
        void OnReconnected() => _ = Task.Run(() => TouchSafelyAsync(stoppingToken), CancellationToken.None);
    }

    // A flood of new sessions would otherwise stay written down long after it made room for itself here.
    private void ForgetEvicted(LegacySession session) => _ = ForgetAsync(session);

    private async Task TouchSafelyAsync(CancellationToken cancellationToken)
    {
        try { await TouchAsync(cancellationToken); }
        catch (RegistryStoreException failure) { LogNotWritten(log, failure); }
        catch (OperationCanceledException) when (cancellationToken.IsCancellationRequested) { }
        catch (Exception bug) { LogBug(log, bug); }
    }

    private async Task TouchAsync(CancellationToken cancellationToken)
    {
        LegacySession[] here = [.. sessions.All];
        if (here.Length == 0) return;
        var states = await shared.TouchAsync(replicas.Self, [.. here.Select(one => (one.Id, sessions.LifeOf(one)))], cancellationToken);
        for (var i = 0; i < here.Length; i++)
        {
            if (states[i] == SharedSessionState.Missing) await shared.SaveAsync(Describe(here[i]), sessions.LifeOf(here[i]), cancellationToken);
            // Another replica took this one for dead. From now on its requests go there.
            else if (states[i] == SharedSessionState.Taken && !here[i].IsBusy) sessions.Close(here[i]);
        }
    }

    private SharedSession Describe(LegacySession session) => new()
    {
        Id = session.Id,
        Replica = replicas.Self,
        Service = session.Service,
        Caller = session.Owner,
        ProtocolVersion = session.ProtocolVersion,
        ClientInfo = session.ClientInfo,
        LogLevel = session.LogRank is { } rank ? McpLogLevels.NameOf(rank) : null,
    };
}
