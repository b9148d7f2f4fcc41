using System.Collections.Immutable;

namespace McpRegistry.Core.Registration;

/// <summary>What reading a registration came to.</summary>
/// <param name="Registration">The registration; null when there are errors.</param>
/// <param name="Errors">Everything that does not fit the form; the rules are checked by <see cref="RegistrationValidator"/>.</param>
public sealed record RegistrationReading(ServiceRegistration? Registration, ImmutableArray<RegistrationError> Errors)
{
    /// <summary>Members nobody knows, where those are let pass (the file).</summary>
    public ImmutableArray<RegistrationError> Warnings { get; init; } = [];

    internal static RegistrationReading Failed(params ImmutableArray<RegistrationError> errors) => new(null, errors);
}
