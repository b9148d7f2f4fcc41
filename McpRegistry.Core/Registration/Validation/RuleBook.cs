using System.Collections.Immutable;

namespace McpRegistry.Core.Registration.Validation;

/// <summary>Collects broken rules.</summary>
internal sealed class RuleBook
{
    private readonly ImmutableArray<RegistrationError>.Builder _broken = ImmutableArray.CreateBuilder<RegistrationError>();

    public ImmutableArray<RegistrationError> Broken => _broken.ToImmutable();

    /// <summary>Notes an error unless the rule is kept.</summary>
    public void Require(bool kept, string field, string message)
    {
        if (!kept) _broken.Add(new RegistrationError(field, message));
    }

    /// <summary>Requires a number between two bounds.</summary>
    public void RequireBetween(int value, int least, int most, string field) =>
        Require(value >= least && value <= most, field, FormattableString.Invariant($"It must be between {least} and {most}."));

    /// <summary>Requires at most so many entries; false when there are more, which is then not worth looking at one by one.</summary>
    public bool RequireAtMost(int most, int count, string field)
    {
        Require(count <= most, field, FormattableString.Invariant($"There may be at most {most}."));
        return count <= most;
    }
}
