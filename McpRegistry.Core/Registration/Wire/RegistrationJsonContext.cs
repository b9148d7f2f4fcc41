using System.Text.Json.Serialization;

namespace McpRegistry.Core.Registration.Wire;

[JsonSourceGenerationOptions(
    PropertyNamingPolicy = JsonKnownNamingPolicy.SnakeCaseLower,
    RespectNullableAnnotations = true,
    MaxDepth = RegistrationJson.MaxDepth,
    Converters = [typeof(DurationConverter), typeof(ServiceTypeConverter), typeof(ServiceProtocolConverter), typeof(RegistrationOriginConverter)])]
[JsonSerializable(typeof(ServiceRegistration))]
internal sealed partial class RegistrationJsonContext : JsonSerializerContext;
