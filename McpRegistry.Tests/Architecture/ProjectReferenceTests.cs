using System.Xml.Linq;

namespace McpRegistry.Tests.Architecture;

/// <summary>Which project may know which: design of the house, section 2.</summary>
public sealed class ProjectReferenceTests
{
    [Theory]
    [InlineData("McpRegistry.Core", "")]
    [InlineData("McpRegistry.ServiceDefaults", "")]
    [InlineData("McpRegistry.Mcp", "McpRegistry.Core")]
    [InlineData("McpRegistry.Api", "McpRegistry.Core McpRegistry.Mcp McpRegistry.ServiceDefaults")]
    [InlineData("McpRegistry.HealthWorker", "McpRegistry.Core McpRegistry.ServiceDefaults")]
    [InlineData("McpRegistry.StdioBridge", "McpRegistry.Core McpRegistry.Mcp McpRegistry.ServiceDefaults")]
    [InlineData("McpRegistry.Hosting", "McpRegistry.Core")]
    [InlineData("samples/McpRegistry.SampleServer", "McpRegistry.ServiceDefaults")]
    public void A_project_references_only_what_the_house_allows(string project, string allowed)
    {
        var references = Items(project, "ProjectReference").Select(path => Path.GetFileNameWithoutExtension(path.Replace('\\', '/')));

        Assert.Empty(references.Except(allowed.Split(' ')));
    }

    [Fact]
    public void Core_knows_neither_ASP_NET_Core_nor_Aspire()
    {
        Assert.Empty(Items("McpRegistry.Core", "FrameworkReference"));
        Assert.DoesNotContain(Items("McpRegistry.Core", "PackageReference"), IsForeign);
        Assert.DoesNotContain(typeof(Core.State.RegistryState).Assembly.GetReferencedAssemblies().Select(one => one.Name!), IsForeign);

        static bool IsForeign(string name) => name.StartsWith("Microsoft.AspNetCore", StringComparison.Ordinal) || name.StartsWith("Aspire", StringComparison.Ordinal);
    }

    [Fact]
    public void Only_the_AppHost_its_tests_and_the_integration_need_the_Aspire_hosting_packages()
    {
        var users = Repository.Files("*.csproj")
            .Where(path => Repository.Read(path).Contains("Aspire.Hosting", StringComparison.Ordinal))
            .Select(path => Path.GetFileNameWithoutExtension(path));

        Assert.Empty(users.Except(["McpRegistry.AppHost", "McpRegistry.AppHost.Tests", "McpRegistry.Hosting", "AspireApp.AppHost"]));
    }

    [Fact]
    public void Redis_is_configured_by_the_integration_of_Aspire_where_it_is_connected_to()
    {
        var users = Repository.Files("*.csproj").Where(path => Repository.Read(path).Contains("\"Aspire.StackExchange.Redis\"", StringComparison.Ordinal)).Select(path => Path.GetFileNameWithoutExtension(path));

        Assert.Equal(["McpRegistry.Api", "McpRegistry.HealthWorker"], users.Order(StringComparer.Ordinal));
    }

    [Fact]
    public void Versions_of_packages_stand_in_one_file()
    {
        var withOwnVersion = Repository.Files("*.csproj").Where(path =>
            XDocument.Parse(Repository.Read(path)).Descendants("PackageReference").Any(one => one.Attribute("Version") is not null || one.Attribute("VersionOverride") is not null));

        Assert.Empty(withOwnVersion);
    }

    [Fact]
    public void Versions_of_project_SDKs_stand_in_global_json() =>
        Assert.DoesNotContain(Repository.Files("*.csproj"), path => XDocument.Parse(Repository.Read(path)).Root!.Attribute("Sdk")!.Value.Contains('/', StringComparison.Ordinal));

    private static List<string> Items(string project, string kind)
    {
        var file = Path.Combine(project, Path.GetFileName(project) + ".csproj");
        return
        [
            .. XDocument.Parse(Repository.Read(file)).Descendants(kind)
                // Only built first, never compiled against.
                .Where(one => one.Attribute("ReferenceOutputAssembly")?.Value != "false")
                .Select(one => one.Attribute("Include")!.Value),
        ];
    }
}
