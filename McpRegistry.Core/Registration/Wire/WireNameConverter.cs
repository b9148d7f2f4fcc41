using System.Collections.Frozen;
using System.Text.Json;
using System.Text.Json.Serialization;

namespace McpRegistry.Core.Registration.Wire;

/// <summary>Reads and writes an enum by its wire names only. The built-in converter would also take numbers and lists of names.</summary>
internal abstract class WireNameConverter<T>(Func<T, string> wireName) : JsonConverter<T>
    where T : struct, Enum
{
    private readonly FrozenDictionary<string, T> _values =
        Enum.GetValues<T>().ToFrozenDictionary(wireName, StringComparer.OrdinalIgnoreCase);

    public override T Read(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options) =>
        reader.TokenType == JsonTokenType.String && _values.TryGetValue(reader.GetString()!, out var value)
            ? value
            : throw new JsonException("Not one of " + string.Join(", ", _values.Keys) + ".");

    public override void Write(Utf8JsonWriter writer, T value, JsonSerializerOptions options) =>
        writer.WriteStringValue(wireName(value));
}

internal sealed class ServiceTypeConverter() : WireNameConverter<ServiceType>(RegistrationWireNames.WireName);

internal sealed class ServiceProtocolConverter() : WireNameConverter<ServiceProtocol>(RegistrationWireNames.WireName);

internal sealed class RegistrationOriginConverter() : WireNameConverter<RegistrationOrigin>(RegistrationWireNames.WireName);
