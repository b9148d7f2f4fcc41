using System.Text.Json;

using McpRegistry.Core.Catalog;
using McpRegistry.Core.LoadBalancing;
using McpRegistry.Core.Registration;
using McpRegistry.Core.State;

namespace McpRegistry.Tests.Catalog;

public sealed class CatalogSnapshotTests
{
    [Fact]
    public void Names_are_exposed_with_their_service_and_sorted()
    {
        var merged = CatalogSnapshot.Merge([Service("b", Tool("b", "z"), Tool("b", "a")), Service("a", Tool("a", "z"))]);

        Assert.Equal(["a__z", "b__a", "b__z"], merged.Tools.Select(tool => tool.ExposedName));
        Assert.Equal("b", merged.ToolRoutes["b__z"].Service);
    }

    [Fact]
    public void A_name_with_the_separator_in_it_is_routed_by_lookup_alone()
    {
        var merged = CatalogSnapshot.Merge([Service("a", Tool("a", "b__c")), Service("a-b", Tool("a-b", "c"))]);

        Assert.Equal("a", merged.ToolRoutes["a__b__c"].Service);
        Assert.Equal("b__c", merged.ToolRoutes["a__b__c"].Name);
    }

    [Fact]
    public void Services_that_are_away_are_named_and_keep_their_tools()
    {
        var away = Service("gone", Tool("gone", "t")) with { Condition = ServiceCondition.Unavailable };
        var merged = CatalogSnapshot.Merge([away, Service("here", Tool("here", "t"))]);

        Assert.Equal("gone", Assert.Single(merged.Degraded));
        Assert.Equal(2, merged.Tools.Length);
    }

    [Theory]
    [InlineData("file:///a/{name}", "file:///a/b", true)]
    [InlineData("file:///a/{name}", "file:///a/b/c", false)]
    [InlineData("file:///a/{+path}", "file:///a/b/c", true)]
    [InlineData("search://q{?term,limit}", "search://q?term=x", true)]
    [InlineData("search://q{?term,limit}", "search://q", true)]
    [InlineData("a.b://{x}", "aXb://1", false)]
    [InlineData("broken://{x", "broken://1", false)]
    public void A_uri_finds_the_template_it_was_made_from(string template, string uri, bool found)
    {
        var entry = new CatalogEntry { Kind = CatalogKind.ResourceTemplate, Service = "s", Name = template, ExposedName = template, Definition = default };
        var view = CatalogSnapshot.Of(new ServiceCatalog { ResourceTemplates = [entry] });

        Assert.Equal(found, view.FindResource(uri) is not null);
    }

    [Fact]
    public void A_hostile_template_is_matched_in_linear_time()
    {
        var template = string.Concat(Enumerable.Repeat("{+a}", 30)) + "!";
        var view = CatalogSnapshot.Of(new ServiceCatalog { ResourceTemplates = [new CatalogEntry { Kind = CatalogKind.ResourceTemplate, Service = "s", Name = template, ExposedName = template, Definition = default }] });

        Assert.Null(view.FindResource(new string('a', 5000)));
    }

    private static ServiceSnapshot Service(string name, params CatalogEntry[] tools) => new()
    {
        Registration = new ServiceRegistration { Name = name },
        Policy = new NoPolicy(),
        Catalog = new ServiceCatalog { Tools = [.. tools] },
        Condition = ServiceCondition.Ready,
    };

    private static CatalogEntry Tool(string service, string name) => new()
    {
        Kind = CatalogKind.Tool,
        Service = service,
        Name = name,
        ExposedName = ExposedNames.Compose(service, name),
        Definition = JsonDocument.Parse($$"""{"name":"{{name}}"}""").RootElement,
    };

    private sealed class NoPolicy : ILoadBalancingPolicy
    {
        public string Name => "No";

        public InstanceState Pick(ReadOnlySpan<InstanceState> candidates) => candidates[0];
    }
}
