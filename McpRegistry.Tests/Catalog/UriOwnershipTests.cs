using McpRegistry.Core.Catalog;
using McpRegistry.Core.Catalog.Ownership;
using McpRegistry.Core.LastKnown;
using McpRegistry.Core.State;
using McpRegistry.Tests.Mcp;

namespace McpRegistry.Tests.Catalog;

/// <summary>A URI belongs to who listed its place first, whatever the names of services and however the second claim is made.</summary>
public sealed class UriOwnershipTests
{
    [Theory]
    [InlineData("file:///home/me/%6Eotes/f.txt")]
    [InlineData("file:///home/me/x/../notes/e.txt")]
    [InlineData("file:///home/me/./notes/e.txt")]
    [InlineData("file:/home/me/notes/d.txt")]
    [InlineData("file://localhost/home/me/notes/c.txt")]
    [InlineData("FILE:///home/me/notes/c.txt")]
    [InlineData("https://bank.example:443/accounts/10")]
    [InlineData("https://bank.example./accounts/10")]
    [InlineData("https://bank.example/x/../accounts/11")]
    [InlineData("https://bank.example/%61ccounts/11")]
    [InlineData("https://u@bank.example/accounts/12")]
    public void A_place_spelled_in_another_way_is_the_same_place(string spelled)
    {
        var merged = CatalogSnapshot.Merge([
            Service("bank", 1, [], ["file:///home/me/notes/{name}", "https://bank.example/accounts/{id}"]),
            Service("zed", 2, [spelled], [])]);

        Assert.Equal("bank", merged.OwnerOf(spelled));
        Assert.NotEqual("zed", merged.FindResource(spelled)?.Service);
        Assert.Contains("belongs to the service bank", Assert.Single(merged.WithheldOf("zed")).Reason, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("bank://accounts/vip", null, "bank://accounts/vip")]
    [InlineData(null, "bank://accounts/1{?x}", "bank://accounts/17")]
    [InlineData(null, "bank://accounts/{id}", "bank://accounts/17")]
    [InlineData(null, "bank://{+any}", "bank://accounts/17")]
    [InlineData(null, "bank:{+any}", "bank://accounts/17")]
    [InlineData(null, "{+any}", "bank://accounts/17")]
    [InlineData("BANK://accounts/vip", null, "BANK://accounts/vip")]
    [InlineData("bank://Accounts/vip", null, "bank://Accounts/vip")]
    [InlineData(null, "Bank://ACCOUNTS/{id}", "Bank://ACCOUNTS/17")]
    [InlineData(null, "bank://accounts{/id}", "bank://accounts/17")]
    [InlineData("bank://u@accounts/x", null, "bank://u@accounts/x")]
    [InlineData("bank://accounts:80/x", null, "bank://accounts:80/x")]
    [InlineData("bank://accounts./x", null, "bank://accounts./x")]
    [InlineData("bank://%61ccounts/x", null, "bank://%61ccounts/x")]
    [InlineData(null, "bank://acc{rest}/17", "bank://accounts/17")]
    public void A_later_claim_of_any_form_takes_nothing(string? resource, string? template, string uri)
    {
        var merged = CatalogSnapshot.Merge([
            Service("bank", 1, ["bank://accounts/17"], ["bank://accounts/{id}"]),
            Service("zed", 2, resource is null ? [] : [resource], template is null ? [] : [template])]);
        var earlierName = CatalogSnapshot.Merge([
            Service("bank", 1, ["bank://accounts/17"], ["bank://accounts/{id}"]),
            Service("aaa", 2, resource is null ? [] : [resource], template is null ? [] : [template])]);

        Assert.All([merged, earlierName], one => Assert.Equal("bank", one.OwnerOf(uri)));
        Assert.All([merged, earlierName], one => Assert.Equal("bank", one.FindResource(uri)?.Service ?? "bank"));
        Assert.All([merged, earlierName], one => Assert.Equal("bank", one.FindResource("bank://accounts/17")?.Service));
        if (resource is not null || UriPlace.Of(template!) is { IsWholeScheme: false })
            Assert.Contains("belongs to the service bank", Assert.Single(merged.WithheldOf("zed")).Reason, StringComparison.Ordinal);
        Assert.Empty(merged.WithheldOf("bank"));
        Assert.Empty(merged.Degraded);
    }

    [Fact]
    public void Who_left_the_authority_open_owns_the_whole_scheme()
    {
        var merged = CatalogSnapshot.Merge([Service("bank", 1, [], ["bank://{branch}/{id}"]), Service("zed", 2, ["bank://north/1"], ["bank://south/{id}"])]);

        Assert.Equal("bank", merged.FindResource("bank://north/1")?.Service);
        Assert.Equal("bank", merged.FindResource("bank://south/1")?.Service);
        Assert.Equal(2, merged.WithheldOf("zed").Length);
        Assert.Empty(merged.Resources);
    }

    [Fact]
    public void Another_authority_of_the_scheme_is_anothers_who_had_it_before_the_whole_was_claimed()
    {
        var merged = CatalogSnapshot.Merge([Service("b", 1, ["s://b/1"], ["s://b/{id}"]), Service("a", 2, ["s://a/1"], ["s://{any}/{id}"])]);

        Assert.Equal("b", merged.FindResource("s://b/2")?.Service);
        Assert.Equal("a", merged.FindResource("s://a/1")?.Service);
        Assert.Equal("a", merged.FindResource("s://c/1")?.Service);
        Assert.Empty(merged.WithheldOf("a"));
    }

    [Fact]
    public void Two_ordinary_servers_of_files_and_pages_both_work()
    {
        var merged = CatalogSnapshot.Merge([
            Service("docs", 1, ["file:///docs/a.md", "https://example.com/a"], ["file:///docs/{+path}", "https://{host}/{+path}", "ui://widget/{name}"]),
            Service("notes", 2, ["file:///notes/a.md", "https://example.com/b", "ui://widget/mine.html"], ["file:///notes/{+path}"])]);

        Assert.Equal(5, merged.Resources.Length);
        Assert.Equal(4, merged.ResourceTemplates.Length);
        Assert.Empty(merged.WithheldOf("notes"));
        foreach (var (uri, service) in ((string, string)[])[("file:///docs/x/y", "docs"), ("file:///notes/x/y", "notes"), ("https://example.com/b", "notes"), ("ui://widget/mine.html", "notes"), ("ui://widget/other", "docs")])
            Assert.Equal(service, merged.FindResource(uri)?.Service);
    }

    [Theory]
    [InlineData("https://bank.example/accounts/vip", null)]
    [InlineData(null, "https://bank.example/accounts/1{?x}")]
    [InlineData(null, "https://bank.example/accounts/vip/{id}")]
    [InlineData("HTTPS://BANK.example/accounts/vip", null)]
    [InlineData("file:///srv/notes/secret", null)]
    [InlineData(null, "file:///srv/notes/deep/{x}")]
    public void A_folder_that_a_template_fills_is_nobody_elses_also_of_schemes_that_everybody_uses(string? resource, string? template)
    {
        var merged = CatalogSnapshot.Merge([
            Service("bank", 1, [], ["https://bank.example/accounts/{id}", "file:///srv/notes/{+path}"]),
            Service("aaa", 2, resource is null ? [] : [resource], template is null ? [] : [template])]);

        Assert.Single(merged.WithheldOf("aaa"));
        Assert.Equal("bank", merged.OwnerOf((resource ?? template!).Replace("{id}", "1", StringComparison.Ordinal).Replace("{x}", "1", StringComparison.Ordinal).Replace("{?x}", "", StringComparison.Ordinal)));
    }

    [Fact]
    public void The_same_uri_stands_once_and_the_second_is_told_whose_it_is()
    {
        var merged = CatalogSnapshot.Merge([Service("a", 2, ["file:///same", "none"], []), Service("b", 1, ["file:///same", "none"], [])]);

        Assert.Equal("b", merged.FindResource("file:///same")?.Service);
        Assert.Equal("a", merged.FindResource("none")?.Service);
        Assert.Equal("file:///same", Assert.Single(merged.WithheldOf("a")).Item);
        Assert.Equal("none", Assert.Single(merged.WithheldOf("b")).Item);
    }

    [Fact]
    public void Who_was_first_stays_it_while_its_list_is_shorter_and_after_a_restart()
    {
        var bank = Catalog("bank", ["bank://accounts/17"], ["bank://accounts/{id}"]).Claiming(1_000);
        var zed = Catalog("zed", ["zed://a"], []).Claiming(500);
        // The owner's list is empty for a while, and the other one lists its place then.
        bank = bank.With(CatalogKind.Resource, [], []).With(CatalogKind.ResourceTemplate, [], []).Claiming(2_000);
        zed = zed.With(CatalogKind.Resource, [FakeServices.Resource("zed", "zed://a"), FakeServices.Resource("zed", "bank://accounts/vip")], []).Claiming(3_000);

        AssertBank(CatalogSnapshot.Merge([At("bank", 9, bank), At("zed", 1, zed)]));

        bank = bank.With(CatalogKind.Resource, [FakeServices.Resource("bank", "bank://accounts/17")], []).Claiming(4_000);
        var later = CatalogSnapshot.Merge([
            At("bank", 9, LastKnownContent.Read("bank", LastKnownContent.Write(bank)!)),
            At("zed", 1, LastKnownContent.Read("zed", LastKnownContent.Write(zed)!))]);
        AssertBank(later);
        Assert.Equal("bank", later.FindResource("bank://accounts/17")?.Service);

        static void AssertBank(CatalogSnapshot merged)
        {
            Assert.Equal("bank", merged.OwnerOf("bank://accounts/vip"));
            Assert.Null(merged.FindResource("bank://accounts/vip"));
            Assert.Equal("bank://accounts/vip", Assert.Single(merged.WithheldOf("zed")).Item);
        }
    }

    [Fact]
    public void Claims_are_bounded_and_many_authorities_are_one_scheme()
    {
        var ids = Catalog("notes", [.. Enumerable.Range(0, 5_000).Select(one => $"note://{one}")], []).Claiming(1);
        var schemes = Catalog("greedy", [.. Enumerable.Range(0, 5_000).Select(one => $"s{one}://a")], []).Claiming(1);

        Assert.InRange(ids.Claims.Since.Count, 1, 65);
        Assert.True(ids.Claims.Since.ContainsKey("note:"));
        Assert.Equal(1_000, schemes.Claims.Since.Count);
    }

    [Fact]
    public void Listing_and_asking_cost_little_with_a_thousand_services()
    {
        var services = Enumerable.Range(0, 1_000).Select(one => Service($"s{one}", one, [.. Enumerable.Range(0, 5).Select(number => $"s{one}://h/{number}")], [$"s{one}://h/{{id}}", "file:///{+path}"])).ToArray();
        CatalogSnapshot.Merge(services);
        var began = TimeProvider.System.GetTimestamp();
        var merged = CatalogSnapshot.Merge(services);
        for (var i = 0; i < 1_000; i++) Assert.Equal($"s{i}", merged.FindResource($"s{i}://h/unlisted")?.Service);

        // Some 20 ms on a quiet machine.
        Assert.InRange(TimeProvider.System.GetElapsedTime(began).TotalSeconds, 0, 3);
    }

    private static ServiceSnapshot Service(string name, int place, string[] resources, string[] templates) => At(name, place, Catalog(name, resources, templates).Claiming(place));

    private static ServiceSnapshot At(string name, int place, ServiceCatalog catalog)
    {
        var service = FakeServices.Service(name, catalog);
        return service with { Registration = service.Registration with { CreatedAt = DateTimeOffset.UnixEpoch.AddSeconds(place) } };
    }

    private static ServiceCatalog Catalog(string name, string[] resources, string[] templates) => new()
    {
        Resources = [.. resources.Select(one => FakeServices.Resource(name, one))],
        ResourceTemplates = [.. templates.Select(one => FakeServices.Template(name, one))],
    };
}
