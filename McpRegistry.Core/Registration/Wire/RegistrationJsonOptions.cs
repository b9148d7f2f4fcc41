using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Serialization.Metadata;

namespace McpRegistry.Core.Registration.Wire;

/// <summary>How registrations are serialized.</summary>
internal static class RegistrationJsonOptions
{
    /// <summary>The one form of a registration.</summary>
    // By reflection: generated readers set every init-only member, given or not, and so lose the model's defaults.
    public static readonly JsonTypeInfo<ServiceRegistration> TypeInfo = (JsonTypeInfo<ServiceRegistration>)Create().GetTypeInfo(typeof(ServiceRegistration));

    private static JsonSerializerOptions Create()
    {
        var options = new JsonSerializerOptions
        {
            TypeInfoResolver = new DefaultJsonTypeInfoResolver(),
            PropertyNamingPolicy = JsonNamingPolicy.SnakeCaseLower,
            RespectNullableAnnotations = true,
            // It goes out as application/json only, where "+00:00" needs no escape.
            Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping,
            MaxDepth = RegistrationJson.MaxDepth,
            Converters = { new DurationConverter(), new ServiceTypeConverter(), new ServiceProtocolConverter(), new RegistrationOriginConverter() },
        };
        options.MakeReadOnly();
        return options;
    }
}
