using System.Text.Json;

using McpRegistry.Core.Json;

namespace McpRegistry.Core.Upstream.Channels;

/// <summary>
/// Reads what a server answers to <c>server/discover</c> and <c>initialize</c>. What is not as it should be counts as not said;
/// text that is no Unicode is replaced, and what is too long is cut.
/// </summary>
internal static class HandshakeResults
{
    // The instructions of all services stand in one answer, which every client reads.
    private const int MaxInstructions = 32 * 1024;
    private const int MaxName = 256;
    private const int UnsupportedProtocolVersion = -32022;
    private static readonly JsonDocumentOptions AnyDepth = new() { MaxDepth = int.MaxValue };
    private static readonly JsonElement NoCapabilities = JsonElement.Parse("{}");

    /// <summary>The connection a result of <c>server/discover</c> offers. Null: it is none, or names no revision we know.</summary>
    public static InstanceConnection? Discovered(UpstreamReply reply)
    {
        if (reply.Result.IsEmpty) return null;
        using var document = JsonDocument.Parse(JsonUnicode.Sound(reply.Result), AnyDepth);
        var result = document.RootElement;
        if (NewestKnown(result, "supportedVersions") is not { } revision) return null;
        var meta = Object(result, "_meta");
        var server = meta is null ? null : Object(meta.Value, "io.modelcontextprotocol/serverInfo");
        return Connection(result, server, ProtocolEra.Modern, revision);
    }

    /// <summary>The revision a refusal of <c>server/discover</c> offers instead. Null: none that we know.</summary>
    public static string? OfferedInstead(UpstreamReply reply)
    {
        if (reply.Error.IsEmpty) return null;
        using var document = JsonDocument.Parse(JsonUnicode.Sound(reply.Error), AnyDepth);
        var error = document.RootElement;
        if (error.ValueKind != JsonValueKind.Object || !error.TryGetProperty("code", out var code) || code.ValueKind != JsonValueKind.Number || !code.TryGetInt32(out var number)) return null;
        return number == UnsupportedProtocolVersion && Object(error, "data") is { } data ? NewestKnown(data, "supported") : null;
    }

    /// <summary>The connection a result of <c>initialize</c> makes. Null: it is none, or in a revision we do not know.</summary>
    public static InstanceConnection? Initialized(UpstreamReply reply)
    {
        if (reply.Result.IsEmpty) return null;
        using var document = JsonDocument.Parse(JsonUnicode.Sound(reply.Result), AnyDepth);
        var result = document.RootElement;
        var revision = Text(result, "protocolVersion", MaxName);
        if (revision is null || !KnownRevisions.Legacy.Contains(revision)) return null;
        return Connection(result, Object(result, "serverInfo"), ProtocolEra.Legacy, revision);
    }

    private static InstanceConnection Connection(JsonElement result, JsonElement? server, ProtocolEra era, string revision) => new()
    {
        Era = era,
        ProtocolVersion = revision,
        Capabilities = Object(result, "capabilities")?.Clone() ?? NoCapabilities,
        Instructions = Text(result, "instructions", MaxInstructions),
        ServerName = server is null ? null : Text(server.Value, "name", MaxName),
        ServerVersion = server is null ? null : Text(server.Value, "version", MaxName),
        IsStateful = era == ProtocolEra.Legacy,
        Gateways = GatewayIdentity.Read(Object(result, "_meta")),
    };

    private static string? NewestKnown(JsonElement parent, string name)
    {
        if (parent.ValueKind != JsonValueKind.Object || !parent.TryGetProperty(name, out var versions) || versions.ValueKind != JsonValueKind.Array) return null;
        return KnownRevisions.Modern.FirstOrDefault(known =>
            versions.EnumerateArray().Any(version => version.ValueKind == JsonValueKind.String && version.ValueEquals(known)));
    }

    private static JsonElement? Object(JsonElement parent, string name) =>
        parent.ValueKind == JsonValueKind.Object && parent.TryGetProperty(name, out var value) && value.ValueKind == JsonValueKind.Object ? value : null;

    private static string? Text(JsonElement parent, string name, int maxLength)
    {
        if (parent.ValueKind != JsonValueKind.Object || !parent.TryGetProperty(name, out var value) || value.ValueKind != JsonValueKind.String) return null;
        var text = value.GetString()!;
        if (text.Length <= maxLength) return text;
        return text[..(char.IsHighSurrogate(text[maxLength - 1]) ? maxLength - 1 : maxLength)];
    }
}
