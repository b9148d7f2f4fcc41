using System.Buffers;
using System.Security.Cryptography;

using McpRegistry.Core.Cluster;

namespace McpRegistry.Mcp;

/// <summary>
/// Ids of legacy sessions: 128 random bits, behind the id of the replica that opened the session, so that every other one
/// knows whom to ask without asking the store. To clients it is opaque.
/// </summary>
internal static class SessionId
{
    private const int RandomLength = 32;

    private static readonly SearchValues<char> Hex = SearchValues.Create("0123456789abcdef");

    /// <summary>Makes one.</summary>
    /// <param name="replica">Who opens the session. Null: there is only one.</param>
    public static string New(string? replica)
    {
        var random = RandomNumberGenerator.GetHexString(RandomLength, lowercase: true);
        return replica is null ? random : $"{replica}-{random}";
    }

    /// <summary>Who opened it. Null: it cannot be an id of a replica.</summary>
    public static string? ReplicaOf(string id)
    {
        if (id.Length != ReplicaId.Length + 1 + RandomLength || id[ReplicaId.Length] != '-') return null;
        var replica = id[..ReplicaId.Length];
        return IsHex(replica) && IsHex(id.AsSpan(ReplicaId.Length + 1)) ? replica : null;
    }

    private static bool IsHex(ReadOnlySpan<char> text) => !text.ContainsAnyExcept(Hex);
}
