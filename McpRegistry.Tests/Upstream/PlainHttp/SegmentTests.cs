using System.Text.Json;

namespace McpRegistry.Tests.Upstream.PlainHttp;

/// <summary>What a caller gives for a parameter stays that parameter: it reaches no other operation and adds no other parameter.</summary>
public sealed class SegmentTests
{
    private static readonly string[] Leaving =
    [
        "5/secret", "/", "../admin", "..\\admin", "5\\secret", "5%2Fsecret", "5%2fsecret", "5%5csecret", "5%252fsecret", "5%25252Fsecret", "%2e%2e", "%252e%252e/x", "%2e",
        "5;role=admin", "..;x", "5%3Brole=admin", "5\0", "5%00", "5\r\n", "5%0d%0aX: 1", "5\u0085", "..%c0%afsecret", "%c0%ae%c0%ae", "5%u002fsecret", "%%32%66", ".. ", ". ",
        "5%2525252525252525252525252fsecret",
    ];

    public static TheoryData<string, string> Styles()
    {
        var data = new TheoryData<string, string>();
        foreach (var style in (string[])["", ",\"style\":\"label\"", ",\"style\":\"matrix\"", ",\"style\":\"label\",\"explode\":true", ",\"style\":\"matrix\",\"explode\":true", ",\"allowReserved\":true", ",\"explode\":true", ",\"content\":{\"application/json\":{}}"])
            foreach (var form in (string[])["VALUE", "[VALUE]", "[\"a\",VALUE]", "{\"a\":VALUE}", "{VALUE:1}"]) data.Add(style, form);
        return data;
    }

    [Theory]
    [MemberData(nameof(Styles))]
    public async Task No_style_of_a_path_lets_a_value_out_of_its_segment(string style, string form)
    {
        await using var service = await RecordingService.WithOperationAsync("delete", "/users/{id}", $$""" "parameters":[{"name":"id","in":"path","required":true{{style}}}]""");

        foreach (var value in Leaving.Where(one => !one.StartsWith('.') && one is not "%2e%2e" and not "%2e"))
            Assert.Contains("\"id\"", await service.RefusalAsync("t", $$"""{"id":{{form.Replace("VALUE", JsonSerializer.Serialize(value), StringComparison.Ordinal)}}}"""), StringComparison.Ordinal);
        Assert.Empty(service.Calls);
    }

    [Fact]
    public async Task A_path_parameter_leads_to_no_other_operation_also_where_the_document_forgot_to_declare_it()
    {
        await using var service = await RecordingService.WithPathsAsync("""{"/users/{id}":{"get":{"operationId":"t"}},"/a/{x}/{y}":{"get":{"operationId":"two"}}}""");

        foreach (var value in Leaving)
        {
            Assert.Contains("\"id\"", await service.RefusalAsync("t", $$"""{"id":{{JsonSerializer.Serialize(value)}}}"""), StringComparison.Ordinal);
            Assert.Contains("path", await service.RefusalAsync("two", $$"""{"x":"1","y":{{JsonSerializer.Serialize(value)}}}"""), StringComparison.Ordinal);
        }

        Assert.Empty(service.Calls);
        Assert.Equal("GET /users/a.b~c-d_1%20%40", (await service.CallAsync("t", """{"id":"a.b~c-d_1 @"}""")).Line);
    }

    [Fact]
    public async Task Two_parameters_of_one_segment_make_no_dots_together_however_escaped()
    {
        await using var service = await RecordingService.WithPathsAsync("""{"/a/{x}{y}/b":{"get":{"operationId":"t"}}}""");

        foreach (var (x, y) in ((string, string)[])[(".", "."), ("%2e", "."), ("%25", "2e%2e"), ("%", "2e%2e"), ("%", "2fsecret"), ("%2", "fsecret"), ("%25", "5csecret")])
            Assert.Contains("path", await service.RefusalAsync("t", JsonSerializer.Serialize(new { x, y })), StringComparison.Ordinal);
        Assert.Empty(service.Calls);
    }

    [Theory]
    [InlineData("""{"name":"filter","in":"query"}""", """{"filter":{"id":"2"}}""")]
    [InlineData("""{"name":"filter","in":"query"}""", """{"filter":{"ID":"2"}}""")]
    [InlineData("""{"name":"filter","in":"query"}""", """{"filter":{"key":"mine"}}""")]
    [InlineData("""{"name":"filter","in":"query"},{"name":"other","in":"query"}""", """{"filter":{"a":1},"other":{"a":2}}""")]
    [InlineData("""{"name":"c","in":"cookie"},{"name":"session","in":"cookie"}""", """{"c":{"session":"mine"}}""")]
    public async Task The_members_of_an_object_are_never_another_parameter(string parameters, string arguments)
    {
        await using var service = await RecordingService.WithPathsAsync(
            $$$$"""{"/x":{"get":{"operationId":"t","parameters":[{"name":"id","in":"query"},{{{{parameters}}}}]}}}""", path: "/?key=operators");

        Assert.Contains("another parameter", await service.RefusalAsync("t", arguments), StringComparison.Ordinal);
        Assert.Empty(service.Calls);
    }

    [Theory]
    [InlineData("", """["a,b"]""")]
    [InlineData("", """{"a":"1,role,admin"}""")]
    [InlineData(""","explode":true""", """{"a":"1=2"}""")]
    public async Task A_piece_of_a_header_makes_no_second_piece(string style, string value)
    {
        await using var service = await RecordingService.WithOperationAsync("get", "/x", $$""" "parameters":[{"name":"X-Req","in":"header"{{style}}}]""");

        Assert.Contains("\"X-Req\"", await service.RefusalAsync("t", $$"""{"X-Req":{{value}}}"""), StringComparison.Ordinal);
        Assert.Empty(service.Calls);
    }
}
