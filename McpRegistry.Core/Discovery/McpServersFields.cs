using System.Collections.Frozen;
using System.Text.Json;

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
        "command", "args", "env", "cwd", "headers", "instances", "replicas", "replicable", "authority_file", "trusted", "show_instructions", "load_balancing", "health", "timeouts", "tools", "openapi", "secret_path",
    }.ToFrozenSet();

    /// <summary>What clients call the address.</summary>
    public static readonly FrozenSet<string> OfAddress = new[] { "url", "serverUrl", "httpUrl", "base_url" }.ToFrozenSet();

    /// <summary>What clients call the switch of an entry, with the value that switches it off.</summary>
    public static readonly FrozenDictionary<string, JsonValueKind> OfSwitch =
        new Dictionary<string, JsonValueKind> { ["disabled"] = JsonValueKind.True, ["enabled"] = JsonValueKind.False, ["isActive"] = JsonValueKind.False }.ToFrozenDictionary(StringComparer.OrdinalIgnoreCase);

    /// <summary>The place in the file of a field of the registration.</summary>
    /// <param name="entry">The place of the entry.</param>
    /// <param name="field">The field.</param>
    /// <param name="address">What the entry calls its address.</param>
    public static string InFile(string entry, string field, string address)
    {
        if (field is FieldPath.Root or "name") return entry;
        if (field == "base_url") return entry + "." + address;
        var member = field.StartsWith(Config, StringComparison.Ordinal) ? field[Config.Length..] : field;
        return member.StartsWith('[') ? entry + member : entry + "." + member;
    }
}
