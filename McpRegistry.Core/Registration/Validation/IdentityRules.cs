using McpRegistry.Core.Registration.Wire;

namespace McpRegistry.Core.Registration.Validation;

/// <summary>Name, place, tags.</summary>
internal static class IdentityRules
{
    private const int MostTags = 32;
    private const int LongestTag = 64;
    private const int LongestLocation = 256;

    public static void Check(ServiceRegistration registration, RuleBook rules)
    {
        rules.Require(ServiceName.IsValid(registration.Name), "name",
            "It must be 1 to 63 lower-case letters, digits and hyphens, with no hyphen at either end.");
        rules.Require(registration.Location is null || TextRules.IsLine(registration.Location, LongestLocation), "location",
            FormattableString.Invariant($"It must be one line of at most {LongestLocation} characters."));

        if (!rules.RequireAtMost(MostTags, registration.Tags.Length, "tags")) return;
        for (var i = 0; i < registration.Tags.Length; i++)
        {
            rules.Require(TextRules.IsLine(registration.Tags[i], LongestTag), FieldPath.Element("tags", i),
                FormattableString.Invariant($"A tag is one line of 1 to {LongestTag} characters."));
            rules.Require(registration.Tags.IndexOf(registration.Tags[i]) == i, FieldPath.Element("tags", i), "The tag is given twice.");
        }
    }
}
