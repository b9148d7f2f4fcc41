using System.Security.Cryptography;
using System.Text.Json;

using McpRegistry.Core.Json;

namespace McpRegistry.Core.Upstream;

/// <summary>
/// Who this gateway is among gateways: an id, new at each start. A gateway names itself and those behind it to whoever shakes hands
/// with it, so that none is put behind itself: it would list its own tools under longer and longer names.
/// </summary>
public sealed class GatewayIdentity
{
    /// <summary>The member of <c>_meta</c> in the result of a handshake.</summary>
    public const string MetaKey = "mcpregistry/gateways";

    // Nobody has so many gateways one behind the other; what an upstream writes is bounded.
    private const int MostGateways = 32;
    private const int LongestId = 64;

    /// <summary>The id.</summary>
    public string Id { get; } = RandomNumberGenerator.GetHexString(32, lowercase: true);

    /// <summary>Why an upstream with this handshake is refused. Null: it is not.</summary>
    public string? RefusalOf(InstanceConnection connection)
    {
        if (!connection.Gateways.Contains(Id, StringComparer.Ordinal)) return null;
        return connection.Gateways[0] == Id ? "It is this gateway itself." : "It is a gateway that leads back to this one.";
    }

    /// <summary>What this gateway tells of itself and those behind these connections, itself first.</summary>
    public IEnumerable<string> Tell(IEnumerable<InstanceConnection> connections) =>
        connections.SelectMany(one => one.Gateways).Prepend(Id).Distinct(StringComparer.Ordinal).Take(MostGateways);

    /// <summary>Reads what an upstream told, from the result of its handshake.</summary>
    internal static IReadOnlyList<string> Read(JsonElement? meta)
    {
        if (meta is not { ValueKind: JsonValueKind.Object } known || !known.TryGetProperty(MetaKey, out var ids) || ids.ValueKind != JsonValueKind.Array) return [];
        return [.. ids.EnumerateArray().Take(MostGateways).Select(id => JsonText.Of(id)).OfType<string>().Where(id => id.Length <= LongestId)];
    }
}
