using System.Collections.Frozen;

using McpRegistry.Core.Registration.Wire;

namespace McpRegistry.Core.Discovery;

/// <summary>What members of an entry are called in the file, and where they stand in a registration.</summary>
internal static class McpServersFields
{
    private const string Config = "config.";

    /// <summary>Members of an entry that are members of the registration itself.</summary>
    public static readonly FrozenSet<string> OfRegistration = new[] { "tags", "location", "api_key" }.ToFrozenSet();

    /// <summary>Members of an entry that stand in the registration's <c>config</c>.</summary>
    public static readonly FrozenSet<string> OfConfig = new[]
    {
        "command", "args", "env", "cwd", "headers", "instances", "replicas", "replicable", "authority_file", "trusted", "load_balancing", "health", "timeouts", "tools", "openapi",
    }.ToFrozenSet();

    /// <summary>What clients call the address.</summary>
    public static readonly FrozenSet<string> OfAddress = new[] { "url", "serverUrl", "base_url" }.ToFrozenSet();

    /// <summary>The place in the file of a field of the registration.</summary>
    public static string InFile(string entry, string field)
    {
        if (field is FieldPath.Root or "name") return entry;
        if (field == "base_url") return entry + ".url";
        var member = field.StartsWith(Config, StringComparison.Ordinal) ? field[Config.Length..] : field;
        return member.StartsWith('[') ? entry + member : entry + "." + member;
    }
}
