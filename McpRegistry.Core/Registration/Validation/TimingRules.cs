namespace McpRegistry.Core.Registration.Validation;

/// <summary>How long things may take. The upper bounds only catch mistaken units.</summary>
internal static class TimingRules
{
    private static readonly TimeSpan Day = TimeSpan.FromDays(1);

    public static void Check(ServiceConfig config, RuleBook rules)
    {
        RequireUpTo(TimeSpan.FromMinutes(5), config.Timeouts.Connect, "config.timeouts.connect", rules);
        RequireUpTo(TimeSpan.FromHours(1), config.Timeouts.Startup, "config.timeouts.startup", rules);
        RequireUpTo(Day, config.Timeouts.Idle, "config.timeouts.idle", rules);
        RequireUpTo(Day, config.Timeouts.Call, "config.timeouts.call", rules);

        var health = config.Health;
        RequireUpTo(Day, health.Interval, "config.health.interval", rules);
        RequireUpTo(TimeSpan.FromMinutes(5), health.Timeout, "config.health.timeout", rules);
        rules.Require(health.Timeout < health.Interval, "config.health.timeout", "It must be shorter than the interval.");
        rules.RequireBetween(health.Fall, 1, 100, "config.health.fall");
        rules.RequireBetween(health.Rise, 1, 100, "config.health.rise");
    }

    private static void RequireUpTo(TimeSpan most, TimeSpan value, string field, RuleBook rules) => rules.Require(
        value > TimeSpan.Zero && value <= most, field, FormattableString.Invariant($"It must be more than 0 and at most {most.TotalSeconds} seconds."));
}
