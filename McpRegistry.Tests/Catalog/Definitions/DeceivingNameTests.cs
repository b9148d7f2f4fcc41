using System.Text.Json;

using McpRegistry.Core.Catalog;
using McpRegistry.Core.Catalog.Definitions;
using McpRegistry.Core.Catalog.Limits;

namespace McpRegistry.Tests.Catalog.Definitions;

/// <summary>A name is what it looks like, or it is left out or told.</summary>
public sealed class DeceivingNameTests
{
    [Theory]
    [InlineData("read_file\u200b")]
    [InlineData("\u202eelif_daer")]
    [InlineData("read\u2066_file\u2069")]
    [InlineData("read\u200f_file")]
    [InlineData("read_file\U000E0066\U000E0069")]
    [InlineData("read\u2028file")]
    [InlineData("read\u2029file")]
    [InlineData("read\u0085file")]
    [InlineData("read\u00adfile")]
    [InlineData("read\ufefffile")]
    [InlineData("read\ue000file")]
    [InlineData("read\U000F0000file")]
    [InlineData("read\u0378file")]
    [InlineData("read\u00a0file")]
    [InlineData("read\u2003file")]
    [InlineData("read\u3164file")]
    [InlineData("read\ufe0ffile")]
    [InlineData("read\U000E0101file")]
    [InlineData("read\u034ffile")]
    [InlineData("read\u200dfile")]
    [InlineData("re\u0430d_file")]
    [InlineData("r\u0435\u0430d_f\u0456l\u0435")]
    [InlineData("write_d\u03bfc")]
    [InlineData("read_ﬁle_\uff52ead")]
    [InlineData("\U0001d5cbead")]
    public void A_name_with_what_nobody_sees_or_that_looks_like_another_is_left_out_and_named(string name)
    {
        foreach (var kind in (CatalogKind[])[CatalogKind.Tool, CatalogKind.Prompt])
        {
            var (entry, problem) = Read(kind, "name", name);

            Assert.True(entry is null, $"{kind} {JsonSerializer.Serialize(name)}");
            Assert.False(problem!.IsMended);
            Assert.DoesNotContain(problem.Item!, character => char.IsControl(character) || char.GetUnicodeCategory(character) is System.Globalization.UnicodeCategory.Format);
        }
    }

    [Theory]
    [InlineData("read_file")]
    [InlineData("Datei_lesen_für_Größe")]
    [InlineData("файл_читать")]
    [InlineData("поиск_web")]
    [InlineData("読む")]
    [InlineData("ファイル 読込")]
    [InlineData("قراءة")]
    [InlineData("πρόγραμμα_x")]
    [InlineData("a.b-c/d:e f")]
    [InlineData("сор")]
    [InlineData("😀_smile")]
    public void A_name_in_any_language_stays(string name)
    {
        var (entry, problem) = Read(CatalogKind.Tool, "name", name);

        Assert.Equal(name, entry?.Name);
        Assert.Null(problem);
    }

    [Theory]
    [InlineData("</script><img src=x onerror=alert(1)>")]
    [InlineData("a<b")]
    public void A_name_like_a_tag_of_a_page_is_listed_and_told(string name)
    {
        var (entry, problem) = Read(CatalogKind.Tool, "name", name);

        Assert.NotNull(entry);
        Assert.True(problem!.IsMended);
    }

    [Theory]
    [InlineData("bank://a\u202eb", false)]
    [InlineData("bank://a\u200bb", false)]
    [InlineData("bank://a\U000E0041", false)]
    [InlineData("bank://a\u2028", false)]
    [InlineData("file:///fotos/\U0001f469\u200d\U0001f469\u200d\U0001f467.png", true)]
    [InlineData("file:///docs/\u2764\ufe0f\u3000ü.md", true)]
    [InlineData("file:///docs/a b.md", true)]
    public void A_uri_holds_nothing_that_turns_or_hides_it(string uri, bool stays)
    {
        Assert.Equal(stays, Read(CatalogKind.Resource, "uri", uri).Entry is not null);
        Assert.Equal(stays, Read(CatalogKind.ResourceTemplate, "uriTemplate", uri + "{x}").Entry is not null);
    }

    [Theory]
    [InlineData("Reads.\U000E0053\U000E0065\U000E006e\U000E0064", true)]
    [InlineData("Reads \u202eyaw rehto eht\u202c.", true)]
    [InlineData("From \U0001f3f4\U000E0067\U000E0062\U000E0065\U000E006e\U000E0067\U000E007f with ü and 日本 \u200f.", false)]
    [InlineData("Plain.", false)]
    public void Text_that_only_models_read_is_told_and_stays_as_it_is(string description, bool isTold)
    {
        var raw = $$$$$$"""{"name":"t","description":"{{{{{{description}}}}}}","inputSchema":{"type":"object"}}""";
        var (entry, problem) = OddDefinitions.Read(CatalogKind.Tool, raw);
        var escaped = OddDefinitions.Read(CatalogKind.Tool, JsonSerializer.Serialize(new { name = "t", description, inputSchema = new { type = "object" } }));

        Assert.Equal(raw, entry!.Definition.GetRawText());
        Assert.Equal(isTold, problem is not null);
        if (isTold) Assert.All([problem!, escaped.Problem!], one => Assert.True(one.IsMended));
    }

    [Fact]
    public void A_name_that_looks_like_another_of_the_list_is_told()
    {
        var list = new ListInParts(CatalogKind.Tool, "svc", new CatalogOptions());
        foreach (var name in (string[])["\u0441\u043e\u0440", "cop", "\uff52\uff45\uff41\uff44", "other"])
            list.Take(CatalogListShape.Of(CatalogKind.Tool), JsonSerializer.SerializeToUtf8Bytes(new { name, inputSchema = new { type = "object" } }));
        list.Take(CatalogListShape.Of(CatalogKind.Tool), """{"name":"read","inputSchema":{"type":"object"}}"""u8);

        var read = list.Read();

        Assert.Equal(5, read.Entries.Length);
        Assert.Equal(["\u0441\u043e\u0440", "\uff52\uff45\uff41\uff44"], read.Problems.Where(one => one.IsMended).Select(one => one.Item));
    }

    private static DefinitionReading Read(CatalogKind kind, string key, string name) =>
        OddDefinitions.Read(kind, JsonSerializer.Serialize(new Dictionary<string, object> { [key] = name, ["name"] = kind is CatalogKind.Tool or CatalogKind.Prompt ? name : "n", ["inputSchema"] = new { type = "object" } }));
}
