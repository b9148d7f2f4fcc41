namespace McpRegistry.Core.Cluster.Relaying;

/// <summary>Why a replica sends another one a request.</summary>
public enum RelayKind
{
    /// <summary>The other one has the client's session.</summary>
    Session,

    /// <summary>The other one runs the children of the service.</summary>
    Owner,
}

/// <summary>What of a request between replicas is vouched for.</summary>
/// <param name="Method">The HTTP method.</param>
/// <param name="Target">The path with its query.</param>
/// <param name="Session">The session it is in. Empty: none.</param>
public readonly record struct RelayedMessage(string Method, string Target, string Session);

/// <summary>What a replica says of a request it passes on; a feature of the request, set only when it is true.</summary>
/// <param name="Kind">Why it was passed on.</param>
/// <param name="From">The replica that did.</param>
/// <param name="Caller">The name of the principal that replica knows the client by. Null: nobody had to sign in.</param>
/// <param name="BodyHash">The SHA-256 of the body, in hexadecimal digits. Null: it was not vouched for.</param>
public sealed record RelayClaims(RelayKind Kind, string From, string? Caller, string? BodyHash)
{
    /// <summary>True when this is the body that was passed on.</summary>
    public bool Covers(ReadOnlySpan<byte> body) => BodyHash is null || BodyHash == RelaySeal.HashOf(body);
}

/// <summary>What a mark on a request is worth.</summary>
public enum RelayStanding
{
    /// <summary>No replica made it: it counts as not there.</summary>
    Foreign,

    /// <summary>A replica made it for another one: that one is not here any more.</summary>
    Misdirected,

    /// <summary>A replica made it for another moment, or it came before.</summary>
    Misused,

    /// <summary>It is as it says.</summary>
    Good,
}
