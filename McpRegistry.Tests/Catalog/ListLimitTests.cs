using McpRegistry.Core.Catalog;
using McpRegistry.Core.Catalog.Definitions;
using McpRegistry.Core.Catalog.Limits;
using McpRegistry.Core.Catalog.Reading;
using McpRegistry.Core.Health;
using McpRegistry.Core.Registration;
using McpRegistry.Core.State;
using McpRegistry.Tests.Fakes;

using Microsoft.Extensions.Options;

namespace McpRegistry.Tests.Catalog;

/// <summary>A hostile server's lists are bounded while they are read, and what is left out is named.</summary>
public sealed class ListLimitTests
{
    private readonly FakeInstanceClient _client = new() { Connection = FakeInstanceClient.Legacy("""{"tools":{},"prompts":{},"resources":{}}""") };
    private readonly CatalogOptions _limits = new();

    [Fact]
    public async Task Thirty_pages_of_large_tools_are_neither_read_nor_kept()
    {
        var filling = new string('x', 240 * 1024);
        var page = 0;
        Answer(_ => $$"""{"tools":[{{string.Join(',', Enumerable.Range(0, 60).Select(one => Tool($"p{page}t{one}", filling)))}}],"nextCursor":"{{++page}}"}""");

        var read = await ReadAsync(CatalogKind.Tool);

        Assert.InRange(_client.Methods.Count, 1, 2);
        Assert.InRange(read.Entries.Sum(one => (long)one.Size), 1, _limits.MaxListBytes);
        Assert.Null(read.Failure);
        Assert.Contains(read.Problems, one => one.Item == "p0t59" && one.Reason == "The list is larger than 4 MiB, and this is one of the largest in it.");
        Assert.Equal(new CatalogProblem(CatalogKind.Tool, null, "it has more than 16 MiB, and what stands before those is listed"), read.Problems[0]);
    }

    [Theory]
    [InlineData(CatalogKind.Tool, "tools", "name")]
    [InlineData(CatalogKind.Prompt, "prompts", "name")]
    [InlineData(CatalogKind.Resource, "resources", "uri")]
    [InlineData(CatalogKind.ResourceTemplate, "resourceTemplates", "uriTemplate")]
    public async Task The_largest_go_first_and_all_others_stay_whatever_page_they_stand_on(CatalogKind kind, string member, string key)
    {
        _limits.MaxListBytes = 20_000;
        string Item(int number, int size) => "{\"" + key + "\":\"a://" + number + "\",\"description\":\"" + new string('d', size) + "\"}";
        var pages = new[] { (string[])[Item(1, 9_000), Item(2, 10)], [Item(3, 8_000), Item(4, 20)], [Item(5, 7_000), Item(6, 30)] };
        Answer(cursor => $$"""{"{{member}}":[{{string.Join(',', pages[int.Parse(cursor, System.Globalization.CultureInfo.InvariantCulture)])}}]{{(cursor == "2" ? "" : $",\"nextCursor\":\"{int.Parse(cursor, System.Globalization.CultureInfo.InvariantCulture) + 1}\"")}}}""");

        var read = await ReadAsync(kind);

        Assert.Equal(["a://2", "a://3", "a://4", "a://5", "a://6"], read.Entries.Select(one => one.Name).Order(StringComparer.Ordinal));
        Assert.Equal("a://1", Assert.Single(read.Problems, one => !one.IsMended).Item);
    }

    [Theory]
    [InlineData(CatalogKind.Tool, "tools", 2_000)]
    [InlineData(CatalogKind.Prompt, "prompts", 2_000)]
    [InlineData(CatalogKind.Resource, "resources", 10_000)]
    [InlineData(CatalogKind.ResourceTemplate, "resourceTemplates", 200)]
    public async Task Of_each_list_so_many_entries_are_taken(CatalogKind kind, string member, int most)
    {
        var key = CatalogListShape.Of(kind).Key;
        var items = Enumerable.Range(0, most + 5).Select(one => "{\"" + key + "\":\"x:" + one + "\",\"name\":\"n" + one + "\",\"inputSchema\":{\"type\":\"object\"}}").Select(one => key == "name" ? one.Replace(",\"name\":\"n", ",\"title\":\"n", StringComparison.Ordinal) : one);
        Answer(_ => "{\"" + member + "\":[" + string.Join(',', items) + "]}");

        var read = await ReadAsync(kind);

        Assert.Equal(most, read.Entries.Length);
        Assert.Equal($"it has more than {most} entries, and what stands before those is listed", read.Problems[0].Reason);
    }

    [Fact]
    public async Task Millions_of_items_that_are_none_are_not_all_looked_at()
    {
        Answer(_ => "{\"tools\":[" + string.Concat(Enumerable.Repeat("{},", 2_000_000)) + "7]}");

        var read = await ReadAsync(CatalogKind.Tool);

        Assert.Empty(read.Entries);
        Assert.Equal("it has more than 2000 entries, and what stands before those is listed", read.Problems[0].Reason);
        Assert.Equal(CatalogListReading.MostProblems, read.Problems.Length);
    }

    [Fact]
    public async Task A_definition_that_is_too_large_is_named_and_no_document_is_made_of_it()
    {
        var nested = string.Concat(Enumerable.Repeat("[]", 1)) + string.Concat(Enumerable.Repeat(",[]", 3_000_000));
        Answer(_ => $$"""{"tools":[{"x":[{{nested}}],"name":"large"},{{Tool("small", "")}}]}""");
        await ReadAsync(CatalogKind.Tool);
        var before = GC.GetAllocatedBytesForCurrentThread();

        var read = await ReadAsync(CatalogKind.Tool);

        // The answer itself is made for each request, as text, as bytes and as the reply.
        Assert.InRange(GC.GetAllocatedBytesForCurrentThread() - before, 0, 120_000_000);
        Assert.Equal("small", Assert.Single(read.Entries).Name);
        Assert.Equal(new CatalogProblem(CatalogKind.Tool, "large", "It is larger than 256 KiB."), Assert.Single(read.Problems));
    }

    [Fact]
    public async Task What_takes_more_memory_than_text_counts_as_what_it_takes()
    {
        _limits.MaxListBytes = 100_000;
        var dense = string.Join(',', Enumerable.Repeat("[]", 20_000));
        Answer(_ => "{\"tools\":[{\"name\":\"dense\",\"inputSchema\":{\"type\":\"object\"},\"x\":[" + dense + "]}," + Tool("plain", new string('d', 30_000)) + "]}");

        Assert.Equal("plain", Assert.Single((await ReadAsync(CatalogKind.Tool)).Entries).Name);
    }

    [Theory]
    [InlineData("""{"tools":7,"tools":[TOOL],"nextCursor":7}""")]
    [InlineData("""{"\u0074ools":[TOOL]}""")]
    [InlineData("""{"\ud800":1,"tools":[TOOL],"nextCursor":null}""")]
    [InlineData("""{"tools":[],"tools":[TOOL]}""")]
    public async Task A_page_is_found_however_its_members_are_written(string page)
    {
        Answer(_ => page.Replace("TOOL", Tool("t", ""), StringComparison.Ordinal));

        Assert.Equal("t", Assert.Single((await ReadAsync(CatalogKind.Tool)).Entries).Name);
    }

    [Fact]
    public async Task A_cursor_without_measure_ends_the_list()
    {
        Answer(_ => $$"""{"tools":[{{Tool("t", "")}}],"nextCursor":"{{new string('c', ListPage.LongestCursor)}}"}""");

        var read = await ReadAsync(CatalogKind.Tool);

        Assert.Equal("the cursor of its next page is too long", read.Failure);
        Assert.Single(_client.Methods);
    }

    [Fact]
    public async Task A_template_longer_than_anybody_writes_is_left_out()
    {
        Answer(_ => $$"""{"resourceTemplates":[{"uriTemplate":"a://{{new string('x', DefinitionReader.MaxTemplateLength)}}","name":"n"},{"uriTemplate":"a://{x}","name":"n"}]}""");

        var read = await ReadAsync(CatalogKind.ResourceTemplate);

        Assert.Equal("a://{x}", Assert.Single(read.Entries).Name);
        Assert.Equal("Its uriTemplate is longer than 512 characters.", Assert.Single(read.Problems).Reason);
    }

    private static string Tool(string name, string filling) => $$$$$$"""{"name":"{{{{{{name}}}}}}","description":"{{{{{{filling}}}}}}","inputSchema":{"type":"object"}}""";

    private void Answer(Func<string, string> page) =>
        _client.Answer = (request, _) => ValueTask.FromResult(FakeInstanceClient.Result(page(request.Params.String("cursor"u8) ?? "0")));

    private async Task<CatalogListReading> ReadAsync(CatalogKind kind)
    {
        var instance = new InstanceState("svc", "1", null, _client, new InstanceHealth(new HealthSettings(), TimeProvider.System, new Random(1)), new InstanceLoad(1, 0));
        return await new CatalogReader(TimeProvider.System, Options.Create(_limits)).ReadAsync(instance, kind, new ListLimits(TimeSpan.FromSeconds(60), TimeSpan.FromSeconds(300)), CancellationToken.None);
    }
}
