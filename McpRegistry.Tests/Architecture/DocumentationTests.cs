using System.Reflection.Metadata;
using System.Reflection.PortableExecutable;
using System.Text.RegularExpressions;

namespace McpRegistry.Tests.Architecture;

/// <summary>What the documents name must exist: a page about types that are gone is worse than none.</summary>
public sealed partial class DocumentationTests
{
    private static readonly Lazy<HashSet<string>> Known = new(ReadKnownNames);

    public static TheoryData<string> Documents => [.. Repository.Files("*.md", "docs"), "README.md", "CONTRIBUTING.md"];

    [Theory]
    [MemberData(nameof(Documents))]
    public void Every_type_and_member_in_backticks_exists(string document)
    {
        var unknown = InBackticks().Matches(WithoutCodeBlocks(Repository.Read(document)))
            .SelectMany(match => match.Groups["name"].Value.Split('.'))
            .Where(name => TwoHumps().IsMatch(name) && !Known.Value.Contains(name))
            .Distinct();

        Assert.Equal([], unknown);
    }

    [Theory]
    [MemberData(nameof(Documents))]
    public void Every_link_to_a_file_leads_somewhere(string document)
    {
        var folder = Path.GetDirectoryName(Repository.PathOf(document))!;
        var broken = Link().Matches(InlineCode().Replace(WithoutCodeBlocks(Repository.Read(document)), ""))
            .Select(match => match.Groups["target"].Value.Split('#')[0])
            .Where(target => target.Length > 0 && !target.Contains("://", StringComparison.Ordinal))
            .Where(target => !Path.Exists(Path.Combine(folder, target)));

        Assert.Equal([], broken);
    }

    /// <summary>Names of types and members of this solution, and of types of everything it runs on.</summary>
    private static HashSet<string> ReadKnownNames()
    {
        var names = new HashSet<string>(StringComparer.Ordinal);
        foreach (var path in ((string)AppContext.GetData("TRUSTED_PLATFORM_ASSEMBLIES")!).Split(Path.PathSeparator))
            ReadNames(path, names);
        foreach (var project in Repository.Files("*.csproj"))
            names.Add(Path.GetFileNameWithoutExtension(project).Replace("McpRegistry.", "", StringComparison.Ordinal));
        return names;
    }

    private static void ReadNames(string path, HashSet<string> names)
    {
        using var file = new PEReader(File.OpenRead(path));
        if (!file.HasMetadata) return;
        var metadata = file.GetMetadataReader();
        foreach (var type in metadata.TypeDefinitions.Select(metadata.GetTypeDefinition))
            names.Add(metadata.GetString(type.Name).Split('`')[0]);
        if (!Path.GetFileName(path).StartsWith("McpRegistry", StringComparison.Ordinal)) return;

        foreach (var part in metadata.TypeDefinitions.SelectMany(type => metadata.GetString(metadata.GetTypeDefinition(type).Namespace).Split('.'))) names.Add(part);
        foreach (var member in metadata.PropertyDefinitions) names.Add(metadata.GetString(metadata.GetPropertyDefinition(member).Name));
        foreach (var member in metadata.FieldDefinitions) names.Add(metadata.GetString(metadata.GetFieldDefinition(member).Name));
        foreach (var member in metadata.MethodDefinitions) names.Add(metadata.GetString(metadata.GetMethodDefinition(member).Name));
    }

    private static string WithoutCodeBlocks(string text) => CodeBlock().Replace(text, "");

    [GeneratedRegex(@"^(```|~~~).*?^\1", RegexOptions.Multiline | RegexOptions.Singleline)]
    private static partial Regex CodeBlock();

    [GeneratedRegex("`[^`\n]*`")]
    private static partial Regex InlineCode();

    [GeneratedRegex(@"`(?<name>[A-Z][A-Za-z0-9]*(\.[A-Z][A-Za-z0-9]*)*)(<[A-Za-z, ]+>)?(\(\))?`")]
    private static partial Regex InBackticks();

    // One hump may be any word in capitals or a plain word: `Healthy`, `POST`. Two humps name code.
    [GeneratedRegex(@"^[A-Z][a-z0-9]+[A-Z]|^I[A-Z][a-z]")]
    private static partial Regex TwoHumps();

    [GeneratedRegex(@"\]\((?<target>[^)\s]+)\)")]
    private static partial Regex Link();
}
