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
        // The names of a service stand together even where one's name begins another's: '-' and digits come before '_', letters after it.
        var merged = CatalogSnapshot.Merge([Service("a", Tool("a", "z"), Tool("a", "a")), Service("ab", Tool("ab", "a")), Service("a-b", Tool("a-b", "z")), Service("a1", Tool("a1", "m"))]);

        Assert.Equal(["a-b__z", "a1__m", "a__a", "a__z", "ab__a"], merged.Tools.Select(tool => tool.ExposedName));
        Assert.Equal(merged.Tools.Select(tool => tool.ExposedName).Order(StringComparer.Ordinal), merged.Tools.Select(tool => tool.ExposedName));
        Assert.Equal("a-b", merged.FindTool("a-b__z")?.Service);
    }

    [Fact]
    public void A_name_with_the_separator_in_it_is_routed_by_lookup_alone()
    {
        var merged = CatalogSnapshot.Merge([Service("a", Tool("a", "b__c")), Service("a-b", Tool("a-b", "c"))]);

        Assert.Equal("a", merged.FindTool("a__b__c")?.Service);
        Assert.Equal("b__c", merged.FindTool("a__b__c")?.Name);
    }

    [Fact]
    public void Services_that_are_away_are_named_and_keep_their_tools()
    {
        var away = Service("gone", Tool("gone", "t")) with { Condition = ServiceCondition.Unavailable };
        var merged = CatalogSnapshot.Merge([away, Service("here", Tool("here", "t"))]);

        Assert.Equal("gone", Assert.Single(merged.Degraded));
        Assert.Equal(2, merged.Tools.Length);
    }

    [Fact]
    public void When_a_service_goes_away_the_lists_stay_the_same_and_are_not_merged_again()
    {
        var state = new RegistryState();
        state.Update("here", _ => Service("here", Tool("here", "t")), (_, _) => null);
        var before = state.Current.Catalog;

        state.Update("here", service => service! with { Condition = ServiceCondition.Unavailable }, (_, _) => null);
        var after = state.Current.Catalog;

        Assert.Equal("here", Assert.Single(after.Degraded));
        Assert.Empty(before.Degraded);
        Assert.True(before.Tools == after.Tools);
        Assert.Same(before.FindTool("here__t"), after.FindTool("here__t"));
    }

    [Theory]
    [InlineData("file:///a/{name}", "file:///a/b", true)]
    [InlineData("file:///a/{name}", "file:///a/b/c", false)]
    [InlineData("file:///a/{+path}", "file:///a/b/c", true)]
    [InlineData("search://q{?term,limit}", "search://q?term=x", true)]
    [InlineData("search://q{?term,limit}", "search://q", true)]
    [InlineData("a.b://{x}", "aXb://1", false)]
    [InlineData("multi://{path*}", "multi://one/two/three.txt", true)]
    [InlineData("multi://{path*}/end", "multi://one/two/end", true)]
    [InlineData("single://{a}", "single://", true)]
    [InlineData("single://{a}", "single://one/two", false)]
    [InlineData("two://{a}/{b}", "two:///", true)]
    [InlineData("a://b{/x}", "a://b", true)]
    [InlineData("a://b{/x}", "a://b/c", true)]
    [InlineData("a://b{/x}", "a://b/c/d", false)]
    [InlineData("a://b{/x*}", "a://b/c/d", true)]
    [InlineData("a://b{/x,y}", "a://b/c/d", true)]
    [InlineData("a://b{.x}", "a://b.txt", true)]
    [InlineData("a://b{;x,y}", "a://b;x=1;y=2", true)]
    [InlineData("a://b{?x*}", "a://b?one=1&two=2", true)]
    [InlineData("a://b?c=d{&x}", "a://b?c=d&x=1", true)]
    [InlineData("a://b{#x}", "a://b#c", true)]
    [InlineData("a://b{+x}", "a://b", true)]
    [InlineData("a://{x:3}", "a://abc", true)]
    [InlineData("a://b{?x}", "a://bcd", false)]
    // What nobody can read stands for what begins as it does.
    [InlineData("broken://{x", "broken://1", true)]
    [InlineData("broken://}x", "broken://}x", true)]
    [InlineData("broken://a{}", "broken://ab", true)]
    [InlineData("broken://{|x}", "broken://1/2", true)]
    [InlineData("broken://{x", "other://1", false)]
    [InlineData("{x", "broken://1", false)]
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

    [Fact]
    public void Templates_without_number_and_a_long_uri_cost_little()
    {
        // As many as are taken of a service, each as long and as ambiguous as one may be, and a URI that fits none of them.
        var templates = Enumerable.Range(0, 200).Select(one => $"bad://{string.Concat(Enumerable.Repeat("{+a}a", 16))}{new string('a', 300)}{one}!").ToArray();
        var view = CatalogSnapshot.Of(new ServiceCatalog
        {
            ResourceTemplates = [.. templates.Select(one => new CatalogEntry { Kind = CatalogKind.ResourceTemplate, Service = "s", Name = one, ExposedName = one, Definition = default })],
        });
        var uri = "bad://" + new string('a', ResourceTemplateMatcher.LongestUri - 9);
        view.FindResource(uri + "1!");
        var (began, before) = (TimeProvider.System.GetTimestamp(), GC.GetAllocatedBytesForCurrentThread());

        Assert.NotNull(view.FindResource(uri + "7!"));
        Assert.Null(view.FindResource(uri + "!!"));

        // Some 20 ms on a quiet machine.
        Assert.InRange(TimeProvider.System.GetElapsedTime(began).TotalSeconds, 0, 3);
        Assert.InRange(GC.GetAllocatedBytesForCurrentThread() - before, 0, 20_000_000);
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
