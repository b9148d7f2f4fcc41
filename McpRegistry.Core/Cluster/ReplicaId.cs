using System.Security.Cryptography;

namespace McpRegistry.Core.Cluster;

/// <summary>What a process is called among others: eight hexadecimal digits, new at each start.</summary>
public static class ReplicaId
{
    /// <summary>How long an id is.</summary>
    public const int Length = 8;

    /// <summary>Makes one.</summary>
    public static string New() => RandomNumberGenerator.GetHexString(Length, lowercase: true);
}
