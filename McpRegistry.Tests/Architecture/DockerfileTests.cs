using System.Text.RegularExpressions;
using System.Xml.Linq;

namespace McpRegistry.Tests.Architecture;

/// <summary>No image is built in a test run, so the Dockerfiles are read: what they name must be there, and nobody runs as root.</summary>
public sealed partial class DockerfileTests
{
    /// <summary>Each is the image of the project it stands beside.</summary>
    public static TheoryData<string> Dockerfiles => [.. Found];

    private static IEnumerable<string> Found => Repository.Files("Dockerfile").Where(path => File.Exists(Repository.PathOf(ProjectOf(path))));

    [Fact]
    public void Api_and_bridge_have_an_image() => Assert.Equal([], new[] { "McpRegistry.Api/Dockerfile", "McpRegistry.StdioBridge/Dockerfile" }.Except(Found));

    [Theory]
    [MemberData(nameof(Dockerfiles))]
    public void Everything_that_is_copied_exists_and_is_not_ignored(string dockerfile)
    {
        var ignored = File.ReadAllLines(Repository.PathOf(".dockerignore")).Where(line => line.Length > 0 && line[0] is not ('#' or '*')).ToHashSet();
        var sources = SourcesOf(dockerfile);

        Assert.NotEmpty(sources);
        Assert.Equal([], sources.Where(path => !Path.Exists(Repository.PathOf(path))));
        Assert.Equal([], sources.Where(path => ignored.Contains(path.Split('/')[0])));
    }

    [Theory]
    [MemberData(nameof(Dockerfiles))]
    public void Every_project_that_is_built_is_copied_first_alone_and_then_whole(string dockerfile)
    {
        var needed = WithReferences(ProjectOf(dockerfile)).ToArray();
        var sources = SourcesOf(dockerfile);

        Assert.Equal([], needed.Except(sources));
        Assert.Equal([], needed.Select(project => Path.GetDirectoryName(project) + "/").Except(sources));
        Assert.Equal(needed.Length * 2, sources.Count(path => path.Contains('/', StringComparison.Ordinal)));
    }

    [Theory]
    [MemberData(nameof(Dockerfiles))]
    public void The_image_runs_its_own_assembly_and_not_as_root(string dockerfile)
    {
        var text = Repository.Read(dockerfile);
        var last = text[text.LastIndexOf("\nFROM ", StringComparison.Ordinal)..];
        var project = ProjectOf(dockerfile);

        Assert.Contains($"RUN dotnet restore {project}\n", text, StringComparison.Ordinal);
        Assert.Contains($"RUN dotnet publish {project} --configuration Release --no-restore --output /app\n", text, StringComparison.Ordinal);
        Assert.Contains(Path.GetFileNameWithoutExtension(project) + ".dll\"]", last[last.IndexOf("\nENTRYPOINT ", StringComparison.Ordinal)..], StringComparison.Ordinal);
        Assert.Equal(["$APP_UID"], User().Matches(last).Select(match => match.Groups["user"].Value));
        Assert.DoesNotContain("\nRUN ", last[last.IndexOf("\nUSER ", StringComparison.Ordinal)..], StringComparison.Ordinal);
        // Whoever starts a container says that its network is trusted; an image does not.
        Assert.DoesNotMatch(@"(?m)^ENV .*TrustedNetwork", text);
    }

    [Theory]
    [MemberData(nameof(Dockerfiles))]
    public void What_an_image_is_made_from_is_named_to_the_patch_and_by_its_digest(string dockerfile)
    {
        var images = From().Matches(Repository.Read(dockerfile)).Select(match => match.Groups["image"].Value).ToArray();

        Assert.NotEmpty(images);
        Assert.All(images, image => Assert.Matches(@":\d+\.\d+\.\d+(-[a-z-]+)?@sha256:[0-9a-f]{64}$", image));
    }

    [Fact]
    public void Images_that_are_built_without_a_Dockerfile_are_made_from_the_same_one()
    {
        var named = XDocument.Parse(Repository.Read("Directory.Build.props")).Descendants("ContainerBaseImage").Single().Value;

        Assert.Equal([named], Found.Select(dockerfile => From().Matches(Repository.Read(dockerfile)).Last().Groups["image"].Value).Distinct());
    }

    [Fact]
    public void The_servers_that_ship_and_those_of_the_documentation_have_scope_and_version()
    {
        string[] pages = ["mcp-servers.json", "README.md", "docs/configuration.md", "docs/aspire.md"];
        var packages = pages.SelectMany(page => Package().Matches(Repository.Read(page)).Select(match => match.Groups["package"].Value)).ToArray();

        Assert.True(packages.Length > 6, string.Join(", ", packages));
        Assert.All(packages, package => Assert.Matches(@"^@[a-z-]+/[a-z-]+@\d+\.\d+\.\d+$", package));
    }

    private static string ProjectOf(string dockerfile)
    {
        var folder = Path.GetDirectoryName(dockerfile)!;
        return $"{folder}/{Path.GetFileName(folder)}.csproj";
    }

    private static List<string> SourcesOf(string dockerfile) =>
        [.. Copy().Matches(Repository.Read(dockerfile)).SelectMany(match => match.Groups["what"].Value.Split(' ', StringSplitOptions.RemoveEmptyEntries)[..^1])];

    private static HashSet<string> WithReferences(string project)
    {
        var folder = Path.GetDirectoryName(project)!;
        var references = XDocument.Parse(Repository.Read(project)).Descendants("ProjectReference")
            .Select(one => Path.GetRelativePath(Repository.Root, Path.GetFullPath(Repository.PathOf(folder, one.Attribute("Include")!.Value.Replace('\\', '/')))));
        return [project, .. references.SelectMany(WithReferences)];
    }

    [GeneratedRegex(@"^COPY (?!--from)(?<what>.+)$", RegexOptions.Multiline)]
    private static partial Regex Copy();

    [GeneratedRegex(@"^FROM (?<image>\S+)", RegexOptions.Multiline)]
    private static partial Regex From();

    [GeneratedRegex("-y[\", ]+(?<package>[^\", ]+)")]
    private static partial Regex Package();

    [GeneratedRegex(@"^USER (?<user>\S+)$", RegexOptions.Multiline)]
    private static partial Regex User();
}
