using System.Text;
using System.Text.Json;

using McpRegistry.Core.Json;

namespace McpRegistry.Core.Upstream.Channels;

/// <summary>The request by which a legacy handshake begins.</summary>
internal static class InitializeRequest
{
    /// <summary>Asks for the newest legacy revision.</summary>
    public static UpstreamRequest Newest { get; } = For(KnownRevisions.Legacy[0]);

    /// <summary>Asks for a revision.</summary>
    public static UpstreamRequest For(string revision) => new()
    {
        Method = "initialize",
        Params = RequestParams.Parse((byte[])
        [
            .. "{\"protocolVersion\":\""u8, .. Encoding.UTF8.GetBytes(revision),
            .. "\",\"capabilities\":{},\"clientInfo\":"u8, .. MetaKeys.OwnInfo, (byte)'}',
        ]),
        IsOfRegistry = true,
    };

    /// <summary>
    /// The newest revision but the first that a refusal of <see cref="Newest"/> says it takes. Null: none that we know. Servers
    /// should answer with a revision of their own, but some refuse:
    /// <code>{"code":-32602,"message":"Unsupported protocol version","data":{"supported":["2024-11-05"],"requested":"2025-11-25"}}</code>
    /// </summary>
    public static string? OlderOffered(ReadOnlyMemory<byte> error)
    {
        if (error.IsEmpty) return null;
        using var document = JsonDocument.Parse(error, new JsonDocumentOptions { MaxDepth = JsonRpcMessage.MaxUpstreamDepth });
        try
        {
            if (!document.RootElement.TryGetProperty("data", out var data) || data.ValueKind != JsonValueKind.Object) return null;
            if (!data.TryGetProperty("supported", out var offered) || offered.ValueKind != JsonValueKind.Array) return null;
            return KnownRevisions.Legacy.Skip(1).FirstOrDefault(known =>
                offered.EnumerateArray().Any(revision => revision.ValueKind == JsonValueKind.String && revision.ValueEquals(known)));
        }
        // A name or a text that escapes half a character: no offer of ours.
        catch (InvalidOperationException) { return null; }
    }
}
