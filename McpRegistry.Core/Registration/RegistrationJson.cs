using System.Text.Json;
using System.Text.Json.Serialization.Metadata;
using System.Text.Unicode;

using McpRegistry.Core.Registration.Secrets;
using McpRegistry.Core.Registration.Wire;

namespace McpRegistry.Core.Registration;

/// <summary>Registrations as JSON: what REST takes and shows, and what is stored. snake_case; durations in seconds.</summary>
public static class RegistrationJson
{
    /// <summary>How deep a registration may nest, JSON schemas included.</summary>
    public const int MaxDepth = 64;

    // What a GET shows and a PUT of the same document may therefore carry; nobody can set it.
    private static readonly string[] ReadOnlyMembers = ["origin", "version", "created_at", "updated_at"];

    /// <summary>How a registration is written; for REST give it what <see cref="Public"/> returns.</summary>
    public static JsonTypeInfo<ServiceRegistration> TypeInfo => RegistrationJsonOptions.TypeInfo;

    /// <summary>Reads the body of a REST request. Members nobody knows are errors; never throws for what a client can send.</summary>
    /// <param name="body">The body, UTF-8.</param>
    /// <param name="name">The name in the address. Null: the body must have one.</param>
    public static RegistrationReading Parse(ReadOnlyMemory<byte> body, string? name = null)
    {
        var reading = Read(body, name);
        return reading.Warnings.IsEmpty ? reading : RegistrationReading.Failed([.. reading.Errors, .. reading.Warnings]);
    }

    /// <summary>Like <see cref="Parse"/>, but members nobody knows are only warnings.</summary>
    internal static RegistrationReading ParseLeniently(ReadOnlyMemory<byte> json) => Read(json, name: null);

    /// <summary>The form a registration is stored in: everything, secrets included.</summary>
    public static byte[] ToStored(ServiceRegistration registration) => JsonSerializer.SerializeToUtf8Bytes(registration, TypeInfo);

    /// <summary>Reads the stored form.</summary>
    /// <exception cref="JsonException">It is damaged.</exception>
    public static ServiceRegistration FromStored(ReadOnlySpan<byte> json) =>
        JsonSerializer.Deserialize(json, TypeInfo) ?? throw new JsonException("A registration is null.");

    /// <summary>The registration as REST may show it: secrets are <c>***</c>, references to secrets stay readable.</summary>
    public static ServiceRegistration Public(ServiceRegistration registration) => RegistrationSecrets.Mask(registration);

    /// <summary>An address of the registration as REST may show it: without its query, and with what of its path is secret as <c>***</c>.</summary>
    public static string ShownAddress(Uri address, ServiceRegistration registration) => UrlSecrets.Shown(address, registration.Config.SecretPath);

    /// <summary>What a PUT means: every <c>***</c> in <paramref name="incoming"/> is the secret of the same place in <paramref name="stored"/>.</summary>
    public static ServiceRegistration KeepSecrets(ServiceRegistration incoming, ServiceRegistration stored) =>
        RegistrationSecrets.Keep(incoming, stored);

    /// <summary>True when both ask for the same, whenever that was and however often it was changed.</summary>
    public static bool SameAs(ServiceRegistration one, ServiceRegistration other) =>
        one.Hold == other.Hold && one.InstanceNames.SequenceEqual(other.InstanceNames) && ToStored(Timeless(one)).AsSpan().SequenceEqual(ToStored(Timeless(other)));

    private static ServiceRegistration Timeless(ServiceRegistration registration) =>
        registration with { Version = 0, CreatedAt = default, UpdatedAt = default };

    private static RegistrationReading Read(ReadOnlyMemory<byte> json, string? name)
    {
        if (!Utf8.IsValid(json.Span)) return Failed("It is not UTF-8 text.");
        try
        {
            using var document = JsonDocument.Parse(json, new JsonDocumentOptions { MaxDepth = MaxDepth });
            return Read(document.RootElement, name);
        }
        catch (JsonException broken)
        {
            return Failed(JsonPlace.Describe(broken));
        }
    }

    private static RegistrationReading Read(JsonElement document, string? name)
    {
        var shape = new ShapeReader(ReadOnlyMembers, name);
        var fitting = shape.Read(document, TypeInfo);
        if (!shape.Errors.IsEmpty) return RegistrationReading.Failed(shape.Errors) with { Warnings = shape.Unknown };
        var registration = FromStored(fitting.Span);
        return name is null || registration.Name == name
            ? new RegistrationReading(registration, []) { Warnings = shape.Unknown }
            : RegistrationReading.Failed(new RegistrationError("name", "It differs from the name in the address; a service cannot be renamed."));
    }

    private static RegistrationReading Failed(string message) => RegistrationReading.Failed(new RegistrationError(FieldPath.Root, message));
}
