using McpRegistry.Core.Registration.Wire;

namespace McpRegistry.Core.Registration.Validation;

/// <summary>What a child process is started with.</summary>
internal static class ProcessRules
{
    private const int MostReplicas = 64;
    private const int MostEntries = 256;
    private const int LongestPath = 4096;
    private const int LongestValue = 32 * 1024;

    public static void Check(ServiceRegistration registration, RuleBook rules)
    {
        var config = registration.Config;
        rules.Require(config.Command is null || TextRules.IsLine(config.Command, LongestPath), "config.command", "It must be the path or name of a program, on one line.");
        rules.Require(config.Cwd is null || (TextRules.IsLine(config.Cwd, LongestPath) && Path.IsPathFullyQualified(config.Cwd)), "config.cwd",
            "It must be an absolute path.");
        rules.RequireBetween(config.Replicas, 1, MostReplicas, "config.replicas");
        if (rules.RequireAtMost(MostEntries, config.Args.Length, "config.args"))
        {
            for (var i = 0; i < config.Args.Length; i++)
                rules.Require(IsArgument(config.Args[i]), FieldPath.Element("config.args", i), "It must be at most 32 KiB and hold no NUL.");
        }
        if (rules.RequireAtMost(MostEntries, config.Env.Count, "config.env")) CheckVariables(registration, rules);
    }

    private static void CheckVariables(ServiceRegistration registration, RuleBook rules)
    {
        foreach (var (name, value) in registration.Config.Env)
        {
            var field = FieldPath.Member("config.env", name);
            rules.Require(TextRules.IsLine(name, 256) && !name.Contains('=', StringComparison.Ordinal), field, "A variable's name is not empty and holds no '='.");
            rules.Require(IsArgument(value), field, "It must be at most 32 KiB and hold no NUL.");
            rules.Require(value != RegistrationSecrets.Hidden, field, CredentialRules.NothingToKeep);
            rules.Require(!PlatformFiles.IsTakenBy(registration, value), field, PlatformFiles.Refusal);
            rules.Require(registration.Origin == RegistrationOrigin.File || !LoaderVariables.Contains(name), field,
                "This variable makes a program load other code; it can only be set in mcp-servers.json.");
        }
    }

    private static bool IsArgument(string text) => text.Length <= LongestValue && !text.Contains('\0', StringComparison.Ordinal);
}
