using System.Collections.Immutable;

using McpRegistry.Core.Registration.Validation;

namespace McpRegistry.Core.Registration;

/// <summary>The rules every registration must keep, wherever it comes from.</summary>
public static class RegistrationValidator
{
    /// <summary>Every broken rule at once; empty when the registration is good. Messages hold no value of the registration.</summary>
    /// <param name="registration">The registration.</param>
    /// <param name="policies">The load balancing policies it may name. Null: the built-in ones.</param>
    public static ImmutableArray<RegistrationError> Validate(ServiceRegistration registration, LoadBalancingPolicySet? policies = null)
    {
        var rules = new RuleBook();
        IdentityRules.Check(registration, rules);
        ProtocolRules.Check(registration, rules);
        BalancingRules.Check(registration.Config, policies, rules);
        ProcessRules.Check(registration, rules);
        AddressRules.Check(registration, rules);
        CredentialRules.Check(registration, rules);
        TimingRules.Check(registration.Config, rules);
        ToolRules.Check(registration, rules);
        rules.Require(
            !registration.Config.ShowInstructions || registration.Config.Trusted || registration.Origin != RegistrationOrigin.Api,
            "config.show_instructions",
            "What a service that is not trusted says of itself is not shown to the clients of others; it takes \"trusted\": true as well.");
        return rules.Broken;
    }
}
