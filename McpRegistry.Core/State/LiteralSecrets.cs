using System.Collections.Immutable;

using McpRegistry.Core.Registration;
using McpRegistry.Core.Registration.Secrets;

namespace McpRegistry.Core.State;

/// <summary>Finds secrets that a store without a key would keep readable.</summary>
internal static class LiteralSecrets
{
    private const string Advice = "It would be stored readable: write a reference to it (env:NAME, file:/path), or set McpRegistry:Redis:SecretKey, with which secrets are stored encrypted.";

    private const string AdviceOnPath = "A part of its path looks like a key, which would be stored readable: set McpRegistry:Redis:SecretKey, with which secrets are stored encrypted, or config.secret_path to false if it is none.";

    /// <summary>An error for each.</summary>
    public static ImmutableArray<RegistrationError> In(ServiceRegistration registration)
    {
        var errors = ImmutableArray.CreateBuilder<RegistrationError>();
        RegistrationSecrets.Map(registration, (field, value) =>
        {
            errors.Add(new RegistrationError(UrlSecrets.FieldOf(field), UrlSecrets.IsPartOfPath(field) ? AdviceOnPath : Advice));
            return value;
        });
        return errors.ToImmutable();
    }
}
