using System.Text;
using System.Text.Json;

using McpRegistry.Core.Registration.Wire;

namespace McpRegistry.Core.Registration.Validation;

/// <summary>What is said of single tools.</summary>
internal static class ToolRules
{
    private const int MostTools = 1024;
    private const int LongestName = 128;
    private const int LongestDescription = 16 * 1024;
    private const int LargestSchema = 256 * 1024;

    public static void Check(ServiceRegistration registration, RuleBook rules)
    {
        if (!rules.RequireAtMost(MostTools, registration.Config.Tools.Count, "config.tools")) return;
        foreach (var (name, tool) in registration.Config.Tools)
        {
            var field = FieldPath.Member("config.tools", name);
            rules.Require(IsName(name), field, "A tool's name is 1 to 128 letters, digits, '_', '.' and '-'.");
            rules.Require(registration.Name.Length + "__".Length + name.Length <= LongestName, field,
                "Together with the service's name (service__tool) it must be at most 128 characters.");
            rules.Require(tool.Description is null or { Length: <= LongestDescription }, field + ".description", "It must be at most 16384 characters.");
            CheckSchema(tool.InputSchema, field + ".input_schema", rules);
            CheckSchema(tool.OutputSchema, field + ".output_schema", rules);
        }
    }

    private static void CheckSchema(JsonElement? schema, string field, RuleBook rules)
    {
        if (schema is not { } given) return;
        rules.Require(given.ValueKind == JsonValueKind.Object, field, "It must be a JSON schema, an object.");
        rules.Require(Encoding.UTF8.GetByteCount(given.GetRawText()) <= LargestSchema, field, "It must be at most 256 KiB.");
    }

    private static bool IsName(string name) =>
        name.Length is > 0 and <= LongestName && name is not ("." or "..") && name.All(c => char.IsAsciiLetterOrDigit(c) || c is '_' or '.' or '-');
}
