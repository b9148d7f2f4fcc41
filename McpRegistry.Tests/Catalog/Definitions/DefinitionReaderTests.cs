using System.Text.Json;

using McpRegistry.Core.Catalog;
using McpRegistry.Core.Catalog.Definitions;

namespace McpRegistry.Tests.Catalog.Definitions;

public sealed class DefinitionReaderTests
{
    public static TheoryData<int> Indexes => [.. Enumerable.Range(0, OddDefinitions.All.Count)];

    [Theory]
    [MemberData(nameof(Indexes))]
    public void Every_odd_definition_is_listed_as_it_is_mended_or_left_out_with_a_reason(int index)
    {
        var odd = OddDefinitions.All[index];

        var (entry, problem) = OddDefinitions.Read(odd.Kind, odd.Json);

        Assert.Equal((odd.Fate, Shown(odd.Json)), (FateOf(entry, problem), Shown(odd.Json)));
        if (problem is not null) Assert.Matches("^(It|Its|Text|A member|There|[a-zA-Z_]+ is) .*\\.$", problem.Reason);
        if (problem is not null) Assert.True(problem.Item is { Length: > 0 and <= 128 });
        if (entry is null) return;
        Assert.Null(McpSchemaCheck.FaultOf(odd.Kind, entry.Definition, isLegacy: false));
        Assert.Null(McpSchemaCheck.FaultOf(odd.Kind, entry.LegacyDefinition ?? entry.Definition, isLegacy: true));
        if (odd.Fate == Fate.AsItIs) Assert.Equal(odd.Json, entry.Definition.GetRawText());
    }

    [Theory]
    [InlineData("""{"name":"a"}""", """{"name":"a","inputSchema":{"type":"object"}}""")]
    [InlineData("""{"name":"a","inputSchema":{"anyOf":[{"required":["x"]}]}}""", """{"name":"a","inputSchema":{"type":"object","anyOf":[{"required":["x"]}]}}""")]
    [InlineData("""{"name":"a","inputSchema":{"type":"object","properties":{"x":true,"y":false,"z":{"type":"string"}},"required":["x",null]}}""", """{"name":"a","inputSchema":{"type":"object","properties":{"x":{},"y":{"not":{}},"z":{"type":"string"}},"required":["x"]}}""")]
    [InlineData("""{"name":"a","title":null,"x-new":null,"inputSchema":{"type":"object"}}""", """{"name":"a","x-new":null,"inputSchema":{"type":"object"}}""")]
    [InlineData("""{"name":"a","inputSchema":{"type":"object"},"annotations":{"readOnlyHint":true,"title":null,"mine":[1]}}""", """{"name":"a","inputSchema":{"type":"object"},"annotations":{"readOnlyHint":true,"mine":[1]}}""")]
    [InlineData("""{"name":"a","inputSchema":{"type":"object"},"icons":[{"src":"x","sizes":["1x1",1]},{}]}""", """{"name":"a","inputSchema":{"type":"object"},"icons":[{"src":"x","sizes":["1x1"]}]}""")]
    [InlineData("""{"name":"a","description":"\ud83d!","\udc00":1,"inputSchema":{"type":"object"}}""", """{"name":"a","description":"\ufffd!","\ufffd":1,"inputSchema":{"type":"object"}}""")]
    [InlineData("""{"name":"a","inputSchema":{"type":"object"},"title":"one","title":"two"}""", """{"name":"a","inputSchema":{"type":"object"},"title":"two"}""")]
    public void What_is_clear_is_put_right_and_the_rest_stays(string published, string listed) =>
        Assert.Equal(listed, OddDefinitions.Read(CatalogKind.Tool, published).Entry!.Definition.GetRawText());

    [Fact]
    public void A_resource_without_a_name_is_called_by_its_uri() =>
        Assert.Equal("""{"uri":"a://b","mimeType":"text/plain","name":"a://b"}""", OddDefinitions.Read(CatalogKind.Resource, """{"uri":"a://b","name":null,"mimeType":"text/plain"}""").Entry!.Definition.GetRawText());

    [Fact]
    public void Bytes_that_are_not_UTF8_become_the_replacement_character()
    {
        byte[] json = [.. "{\"name\":\"a\",\"inputSchema\":{\"type\":\"object\"},\"description\":\""u8, 0xC3, 0x28, .. "\"}"u8];

        var (entry, problem) = OddDefinitions.Read(CatalogKind.Tool, json);

        Assert.Equal("\ufffd(", entry!.Description);
        Assert.True(problem!.IsMended);
    }

    [Theory]
    [InlineData("""{"type":"array"}""", null)]
    [InlineData("""{"type":["object","null"],"properties":{"a":{}}}""", """{"type":"object","properties":{"a":{}}}""")]
    [InlineData("""{"anyOf":[{},{}]}""", """{"type":"object","anyOf":[{},{}]}""")]
    public void An_output_schema_that_only_the_newest_revision_knows_is_shown_to_it_alone(string schema, string? toOthers)
    {
        var json = $$"""{"name":"a","inputSchema":{"type":"object"},"outputSchema":{{schema}} }""";

        var (entry, problem) = OddDefinitions.Read(CatalogKind.Tool, json);

        Assert.Null(problem);
        Assert.Equal(json, entry!.Definition.GetRawText());
        Assert.Equal(toOthers, entry.LegacyDefinition!.Value.TryGetProperty("outputSchema", out var shown) ? shown.GetRawText() : null);
        Assert.Equal("odd__a", JsonElement.Parse(entry.ExposedLegacyDefinition.Span).GetProperty("name").GetString());
    }

    [Fact]
    public void A_definition_says_what_is_wrong_with_it_in_words_of_ours()
    {
        var (_, mended) = OddDefinitions.Read(CatalogKind.Tool, """{"name":"ab","title":5,"description":"\ud83d","icons":{},"annotations":{"title":1},"_meta":[]}""");
        var (_, leftOut) = OddDefinitions.Read(CatalogKind.Tool, """{"name":"a","inputSchema":{"type":"string","enum":["IGNORE ALL"]}}""");

        Assert.Equal("ab", mended!.Item);
        Assert.Equal("Text in it that is no Unicode was replaced. title is not a text and is not shown. icons is not a list of icons and is not shown. There is more of the kind.", mended.Reason);
        Assert.Equal(new CatalogProblem(CatalogKind.Tool, "a", "Its inputSchema asks for something that is not an object."), leftOut);
    }

    [Fact]
    public void A_long_name_is_told_as_far_as_it_can_be()
    {
        var (_, problem) = OddDefinitions.Read(CatalogKind.Tool, $$"""{"name":"{{string.Concat(Enumerable.Repeat("😀", 100))}}"}""");

        Assert.Equal("Its name is longer than 128 characters.", problem!.Reason);
        Assert.Equal(127, problem.Item!.Length);
        Assert.EndsWith("😀…", problem.Item, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("2025-01-12T15:00:58Z", true)]
    [InlineData("2024-02-29T23:59:59.9999999-08:00", true)]
    [InlineData("2025-02-29T15:00:58Z", false)]
    [InlineData("2025-01-12T15:00:58", false)]
    [InlineData("2025-01-12 15:00:58Z", false)]
    [InlineData("2025-01-12T15:00:58.Z", false)]
    [InlineData("2025-01-12T15:00:58+0100", false)]
    [InlineData("2025-01-12T15:00:58+25:00", false)]
    [InlineData("", false)]
    public void A_time_stays_only_where_every_client_reads_it(string text, bool stays)
    {
        var (entry, _) = OddDefinitions.Read(CatalogKind.Resource, $$$"""{"uri":"a://b","name":"a","annotations":{"lastModified":"{{{text}}}"}}""");

        Assert.Equal(stays, entry!.Definition.GetProperty("annotations").TryGetProperty("lastModified", out _));
    }

    [Theory]
    [InlineData("^[a-z0-9_-]+$", true)]
    [InlineData(@"^\d{4}-\d{2}(?:T\d{2}:\d{2})?$", true)]
    [InlineData(@"^(?!x)(?=y)a|b*?c{1,3}\.\/\u0041\x41$", true)]
    [InlineData(@"[\w\-.]+@[^@\s]+", true)]
    [InlineData("(?<=a)b(?<!c)", true)]
    [InlineData(@"^[\w-]+$", true)]
    [InlineData(@"^[-\w]+$", true)]
    [InlineData("(?:a|b)+", true)]
    [InlineData("(?=a)(?:b)*", true)]
    [InlineData(@"[\w-.]", false)]
    [InlineData(@"[.-\w]", false)]
    [InlineData("^*", false)]
    [InlineData("a$?", false)]
    [InlineData(@"\b+", false)]
    [InlineData("a|^*", false)]
    [InlineData("(?=a)*", false)]
    [InlineData("(?<!(a))+", false)]
    [InlineData("^{2}", false)]
    [InlineData(@"[\ud83d\udc00-\uffff]", false)]
    [InlineData(@"\-", false)]
    [InlineData(@"\Z", false)]
    [InlineData("(?i)a", false)]
    [InlineData("(?P<a>b)", false)]
    [InlineData("(", false)]
    [InlineData("a{", false)]
    [InlineData("a]", false)]
    [InlineData("[z-a]", false)]
    [InlineData("*", false)]
    [InlineData("a**", false)]
    [InlineData("a{3,1}", false)]
    [InlineData(@"\", false)]
    public void A_pattern_is_plain_where_JavaScript_surely_compiles_it(string pattern, bool isPlain) => Assert.Equal(isPlain, EcmaPattern.IsPlain(pattern));

    private static Fate FateOf(CatalogEntry? entry, CatalogProblem? problem)
    {
        if (entry is null) return Assert.IsType<CatalogProblem>(problem).IsMended ? Fate.AsItIs : Fate.LeftOut;
        if (problem is not null) Assert.True(problem.IsMended);
        return problem is null ? Fate.AsItIs : Fate.Mended;
    }

    private static string Shown(string json) => json[..Math.Min(json.Length, 200)];
}
