using System.Globalization;
using System.Security.Cryptography;
using System.Text;

using McpRegistry.Core.Sealing;

namespace McpRegistry.Core.Cluster.Relaying;

/// <summary>
/// Marks requests that one replica passes on to another, and says of a mark whether a replica made it: for this replica, this request and
/// this moment. With the key of the cluster:
/// <code>
///   v1.session.01234567.89abcdef.1795370000000.5f0c…(nonce).9a0b…(hash of the body).-(caller).v1.Xy…(seal)
/// </code>
/// Without a key it only names who and whom (<c>v0.session.01234567.89abcdef</c>) and is believed of a replica that is known: all it can
/// do is to keep a request from being passed on once more.
/// </summary>
public sealed class RelaySeal(IReplicaDirectory replicas, TimeProvider time, ClusterSeals? seals = null)
{
    /// <summary>The header that holds the mark.</summary>
    public const string Header = "Mcp-Registry-Relay";

    /// <summary>How long a mark holds, in both directions: the clocks of two machines may differ by as much.</summary>
    public static readonly TimeSpan Life = TimeSpan.FromSeconds(30);

    private const string Sealed = "v1";
    private const string Bare = "v0";
    private const int NonceBytes = 16;

    private readonly ClusterSeals _seals = seals ?? ClusterSeals.None;
    private readonly SeenNonces _seen = new(time, 2 * Life);

    /// <summary>The mark for a request to another replica.</summary>
    public string Make(RelayKind kind, string to, RelayedMessage message, string? caller, ReadOnlySpan<byte> body)
    {
        if (!_seals.AreOn) return string.Join('.', Bare, NameOf(kind), replicas.Self, to);
        var claims = string.Join('.', Sealed, NameOf(kind), replicas.Self, to,
            time.GetUtcNow().ToUnixTimeMilliseconds().ToString(CultureInfo.InvariantCulture), RandomNumberGenerator.GetHexString(2 * NonceBytes, lowercase: true), HashOf(body),
            caller is null ? "-" : "=" + Convert.ToHexStringLower(Encoding.UTF8.GetBytes(caller)));
        return claims + "." + SealOf(claims, message);
    }

    /// <summary>Judges a mark.</summary>
    /// <param name="mark">The header.</param>
    /// <param name="message">The request it came with.</param>
    /// <param name="claims">What it says, when it is good.</param>
    public RelayStanding Judge(string mark, RelayedMessage message, out RelayClaims? claims)
    {
        claims = null;
        var parts = mark.Length > 2048 ? [] : mark.Split('.');
        if (!_seals.AreOn)
        {
            if (parts is not [Bare, var why, var sender, var receiver] || KindOf(why) is not { } bare || receiver != replicas.Self || sender == replicas.Self || replicas.AddressOf(sender) is null) return RelayStanding.Foreign;
            claims = new RelayClaims(bare, sender, null, null);
            return RelayStanding.Good;
        }

        if (parts is not [Sealed, var name, var from, var to, var at, var nonce, var hash, var caller, _, _] || KindOf(name) is not { } kind) return RelayStanding.Foreign;
        var seal = parts[8] + "." + parts[9];
        var said = mark[..^(seal.Length + 1)];
        if (!_seals.Fits(seal, SealPurpose.Relay, said, message.Method, message.Target, message.Session)) return RelayStanding.Foreign;
        var age = time.GetUtcNow() - DateTimeOffset.FromUnixTimeMilliseconds(long.Parse(at, CultureInfo.InvariantCulture));
        if (to != replicas.Self) return RelayStanding.Misdirected;
        if (age.Duration() > Life) return RelayStanding.Misused;
        // A request without a body may be sent again by the connection beneath it, and does nothing twice.
        if (message.Method == "POST" && !_seen.TryAdd(nonce)) return RelayStanding.Misused;
        claims = new RelayClaims(kind, from, caller == "-" ? null : Encoding.UTF8.GetString(Convert.FromHexString(caller.AsSpan(1))), hash);
        return RelayStanding.Good;
    }

    internal static string HashOf(ReadOnlySpan<byte> body) => Convert.ToHexStringLower(SHA256.HashData(body));

    private string SealOf(string claims, RelayedMessage message) => _seals.Make(SealPurpose.Relay, claims, message.Method, message.Target, message.Session);

    private static string NameOf(RelayKind kind) => kind == RelayKind.Owner ? "owner" : "session";

    private static RelayKind? KindOf(string name) => name switch
    {
        "owner" => RelayKind.Owner,
        "session" => RelayKind.Session,
        _ => null,
    };
}
