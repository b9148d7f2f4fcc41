using System.Buffers;
using System.Text.Encodings.Web;
using System.Text.Json;

using McpRegistry.Core.Json;
using McpRegistry.Core.Upstream;

using Microsoft.Extensions.Options;

namespace McpRegistry.Mcp;

/// <summary>How the gateway introduces itself: the results of <c>initialize</c> and <c>server/discover</c>.</summary>
internal sealed class ServerIntroduction(IOptions<McpOptions> options, GatewayIdentity? self = null)
{
    private static readonly JsonWriterOptions Relaxed = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    private readonly long _cacheMilliseconds = (long)options.Value.ListCacheTime.TotalMilliseconds;

    /// <summary>The result of <c>initialize</c>.</summary>
    public ReadOnlyMemory<byte> Initialize(McpScope scope, string protocolVersion) => Write(writer =>
    {
        writer.WriteString("protocolVersion"u8, protocolVersion);
        WriteCapabilities(writer, scope);
        writer.WritePropertyName("serverInfo"u8);
        WriteServerInfo(writer, scope);
        WriteInstructions(writer, scope);
        if (self is null) return;
        writer.WriteStartObject("_meta"u8);
        WriteGateways(writer, scope);
        writer.WriteEndObject();
    });

    /// <summary>The result of <c>server/discover</c>.</summary>
    public ReadOnlyMemory<byte> Discover(McpScope scope) => Write(writer =>
    {
        writer.WriteString("resultType"u8, "complete"u8);
        writer.WriteStartArray("supportedVersions"u8);
        foreach (var version in McpVersions.All) writer.WriteStringValue(version);
        writer.WriteEndArray();
        WriteCapabilities(writer, scope);
        WriteInstructions(writer, scope);
        writer.WriteNumber("ttlMs"u8, _cacheMilliseconds);
        writer.WriteString("cacheScope"u8, "private"u8);
        writer.WriteStartObject("_meta"u8);
        writer.WritePropertyName("io.modelcontextprotocol/serverInfo"u8);
        WriteServerInfo(writer, scope);
        WriteGateways(writer, scope);
        writer.WriteEndObject();
    });

    // Services come and go, so what the whole could have is named at once; one service shows what it has.
    private static void WriteCapabilities(Utf8JsonWriter writer, McpScope scope)
    {
        writer.WriteStartObject("capabilities"u8);
        foreach (var list in (ReadOnlySpan<string>)["tools", "prompts", "resources"])
        {
            writer.WriteStartObject(list);
            writer.WriteBoolean("listChanged"u8, true);
            writer.WriteEndObject();
        }
        if (scope.IsWhole || scope.Catalog.HasLogging) WriteEmpty(writer, "logging");
        if (scope.IsWhole || scope.Catalog.HasCompletions) WriteEmpty(writer, "completions");
        writer.WriteEndObject();
    }

    private static void WriteServerInfo(Utf8JsonWriter writer, McpScope scope)
    {
        if (scope.Service is not { } service)
        {
            writer.WriteRawValue(MetaKeys.OwnInfo, skipInputValidation: true);
            return;
        }

        var connection = service.Instances.Select(one => one.Client.Connection).FirstOrDefault(one => one is not null);
        writer.WriteStartObject();
        writer.WriteString("name"u8, connection?.ServerName ?? service.Name);
        writer.WriteString("version"u8, connection?.ServerVersion ?? "unknown");
        writer.WriteEndObject();
    }

    private void WriteGateways(Utf8JsonWriter writer, McpScope scope)
    {
        if (self is null) return;
        writer.WriteStartArray(GatewayIdentity.MetaKey);
        foreach (var id in self.Tell(scope.Services.SelectMany(one => one.Instances).Select(one => one.Client.Connection).OfType<InstanceConnection>())) writer.WriteStringValue(id);
        writer.WriteEndArray();
    }

    private static void WriteInstructions(Utf8JsonWriter writer, McpScope scope)
    {
        if (scope.Catalog.Instructions is { } instructions) writer.WriteString("instructions"u8, instructions);
    }

    private static void WriteEmpty(Utf8JsonWriter writer, string name)
    {
        writer.WriteStartObject(name);
        writer.WriteEndObject();
    }

    private static ReadOnlyMemory<byte> Write(Action<Utf8JsonWriter> members)
    {
        var output = new ArrayBufferWriter<byte>(1024);
        using var writer = new Utf8JsonWriter(output, Relaxed);
        writer.WriteStartObject();
        members(writer);
        writer.WriteEndObject();
        writer.Flush();
        return output.WrittenMemory;
    }
}
