using System.Buffers.Binary;
using System.Buffers.Text;
using System.Collections.Concurrent;
using System.Diagnostics.Metrics;
using System.Runtime.InteropServices;
using System.Security.Cryptography;
using System.Text;

using McpRegistry.Core.Diagnostics;

using Microsoft.Extensions.Logging;

namespace McpRegistry.Core.Sealing;

/// <summary>
/// Seals of the processes that share a key: HMAC-SHA256 over each part with its length, by a key derived (HKDF) for the purpose.
/// A text is <c>v1.</c> and 43 characters. Without a key nothing is sealed, and nothing can be told from a forgery.
/// </summary>
public sealed partial class ClusterSeals
{
    private const string Version = "v1.";
    private const int KeyBytes = 32;

    // Whoever forges names without end must not fill the log, nor the memory that keeps it from being filled.
    private const int MostReported = 200;

    private static readonly Counter<long> Refused = RegistryTelemetry.Meter.CreateCounter<long>(
        "mcpregistry.seals.refused", "{record}", "What was read from the shared store, or came from a replica, without a seal that fits.");

    private readonly byte[][] _keys;
    private readonly string _scope;
    private readonly ILogger? _logger;
    private readonly ConcurrentDictionary<(SealPurpose, string), bool> _reported = new();

    /// <summary>The seals of a key.</summary>
    /// <param name="clusterKey">32 bytes that only these processes know. Null: there are no seals.</param>
    /// <param name="scope">What sets the registry apart from others with the same key.</param>
    /// <param name="logger">Hears of each name once whose seal does not fit. Null: nobody does.</param>
    public ClusterSeals(byte[]? clusterKey, string scope, ILogger? logger = null)
    {
        (_scope, _logger) = (scope, logger);
        _keys = clusterKey is null ? [] : [.. Enum.GetNames<SealPurpose>().Select(purpose => HKDF.DeriveKey(HashAlgorithmName.SHA256, clusterKey, KeyBytes, info: Encoding.UTF8.GetBytes("mcpregistry seal v1 " + purpose.ToLowerInvariant())))];
    }

    /// <summary>No key, no seals.</summary>
    public static ClusterSeals None { get; } = new(null, "");

    /// <summary>True when there is a key.</summary>
    public bool AreOn => _keys.Length > 0;

    /// <summary>Seals these parts together.</summary>
    public string Make(SealPurpose purpose, params ReadOnlySpan<string> parts) => Version + Base64Url.EncodeToString(Mac(purpose, parts));

    /// <summary>True when this is the seal of these parts.</summary>
    public bool Fits(ReadOnlySpan<char> seal, SealPurpose purpose, params ReadOnlySpan<string> parts)
    {
        return AreOn && CryptographicOperations.FixedTimeEquals(MemoryMarshal.AsBytes(seal), MemoryMarshal.AsBytes(Make(purpose, parts).AsSpan()));
    }

    /// <summary>Counts something without a seal that fits, and tells of it, once for each name.</summary>
    public void Report(SealPurpose purpose, string name)
    {
        Count(purpose);
        if (_logger is null || _reported.Count >= MostReported || !_reported.TryAdd((purpose, name), true)) return;
        LogRefused(_logger, NameOf(purpose), name.Length > 80 ? name[..80] : name);
    }

    /// <summary>Counts something without a seal that fits, of which somebody else tells.</summary>
    public static void Count(SealPurpose purpose) => Refused.Add(1, new KeyValuePair<string, object?>("kind", NameOf(purpose)));

    private static string NameOf(SealPurpose purpose) => purpose.ToString().ToLowerInvariant();

    private byte[] Mac(SealPurpose purpose, ReadOnlySpan<string> parts)
    {
        var length = sizeof(int) + Encoding.UTF8.GetByteCount(_scope);
        foreach (var part in parts) length += sizeof(int) + Encoding.UTF8.GetByteCount(part);
        var text = new byte[length];
        var end = Write(text, 0, _scope);
        foreach (var part in parts) end = Write(text, end, part);
        return HMACSHA256.HashData(_keys[(int)purpose], text);
    }

    private static int Write(byte[] text, int start, string part)
    {
        var written = Encoding.UTF8.GetBytes(part, text.AsSpan(start + sizeof(int)));
        BinaryPrimitives.WriteInt32BigEndian(text.AsSpan(start), written);
        return start + sizeof(int) + written;
    }

    [LoggerMessage(1, LogLevel.Error,
        "A {Kind} named {Name} has no seal of this cluster's key and is not used: a process without McpRegistry:Redis:SecretKey or with another one wrote it, an earlier version did, or somebody who should not",
        EventName = "SealRefused")]
    private static partial void LogRefused(ILogger logger, string kind, string name);
}
