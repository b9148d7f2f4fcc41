using System.Collections.Immutable;

namespace McpRegistry.Core.Cluster;

/// <summary>What replicas know of each other's sessions, so that one can go on with a session whose replica is gone.</summary>
/// <exception cref="Storage.RegistryStoreException">Thrown by every method: the store is away; nobody knows whether the step was made.</exception>
public interface ISharedSessions
{
    /// <summary>Writes a session down, unless another replica has it by now.</summary>
    /// <param name="session">The session.</param>
    /// <param name="life">How long it is kept without being touched.</param>
    /// <param name="cancellationToken">Ends the wait.</param>
    ValueTask SaveAsync(SharedSession session, TimeSpan life, CancellationToken cancellationToken);

    /// <summary>Forgets a session.</summary>
    ValueTask RemoveAsync(string id, CancellationToken cancellationToken);

    /// <summary>Says that a replica still has these sessions, and how long each is to be kept; answers for each whether that is so.</summary>
    ValueTask<ImmutableArray<SharedSessionState>> TouchAsync(string replica, IReadOnlyList<(string Id, TimeSpan Life)> sessions, CancellationToken cancellationToken);

    /// <summary>Says which replica has a session. Null: there is none for this caller at this URL.</summary>
    /// <param name="id">The session.</param>
    /// <param name="service">The service of the URL that was asked. Null: all of them.</param>
    /// <param name="caller">Who asks. Null: nobody had to sign in.</param>
    /// <param name="cancellationToken">Ends the wait.</param>
    ValueTask<string?> FindAsync(string id, string? service, string? caller, CancellationToken cancellationToken);

    /// <summary>True while sessions may be missing because the store was away a moment ago: what was opened meanwhile is being written down.</summary>
    bool MayLack { get; }

    /// <summary>Raised when the store is back, on any thread: handlers must return at once.</summary>
    event Action? Reconnected;

    /// <summary>Takes a session over, if it still belongs to the replica that is believed to be gone.</summary>
    /// <returns>The session as it is now: its replica is who has it. Null: there is none for this caller at this URL.</returns>
    ValueTask<SharedSession?> ClaimAsync(SessionClaim claim, CancellationToken cancellationToken);
}

/// <summary>A session as replicas share it.</summary>
public sealed record SharedSession
{
    /// <summary>The id its client knows.</summary>
    public required string Id { get; init; }

    /// <summary>The replica that has it.</summary>
    public required string Replica { get; init; }

    /// <summary>The one service it was opened for. Null: all of them.</summary>
    public string? Service { get; init; }

    /// <summary>The name of the principal it belongs to. Null: nobody had to sign in.</summary>
    public string? Caller { get; init; }

    /// <summary>The MCP revision it speaks.</summary>
    public required string ProtocolVersion { get; init; }

    /// <summary>What the client said of itself (JSON); empty: nothing.</summary>
    public ReadOnlyMemory<byte> ClientInfo { get; init; }

    /// <summary>The least talkative level it wants log messages from. Null: it wants none.</summary>
    public string? LogLevel { get; init; }
}

/// <summary>The wish to take a session over.</summary>
/// <param name="Id">The session.</param>
/// <param name="Service">The service of the URL that was asked. Null: all of them.</param>
/// <param name="Caller">Who asks. Null: nobody had to sign in.</param>
/// <param name="From">The replica that is believed to be gone.</param>
/// <param name="To">The replica that wants it.</param>
/// <param name="Life">How long it is kept without being touched.</param>
public readonly record struct SessionClaim(string Id, string? Service, string? Caller, string From, string To, TimeSpan Life);

/// <summary>How it stands with a session that a replica has.</summary>
public enum SharedSessionState
{
    /// <summary>It is not written down.</summary>
    Missing,

    /// <summary>It is that replica's.</summary>
    Own,

    /// <summary>Another replica took it over.</summary>
    Taken,
}
