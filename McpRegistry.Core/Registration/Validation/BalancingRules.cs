namespace McpRegistry.Core.Registration.Validation;

/// <summary>How calls are spread over instances.</summary>
internal static class BalancingRules
{
    public static void Check(ServiceConfig config, LoadBalancingPolicySet? policies, RuleBook rules)
    {
        var names = policies?.Names ?? LoadBalancingPolicyNames.All;
        var isKnown = policies?.Contains(config.LoadBalancing) ?? names.Contains(config.LoadBalancing, StringComparer.OrdinalIgnoreCase);
        rules.Require(isKnown, "config.load_balancing", "It must be one of " + string.Join(", ", names) + ".");
    }
}
