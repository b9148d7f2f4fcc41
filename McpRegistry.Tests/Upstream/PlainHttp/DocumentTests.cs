using System.Text;

using McpRegistry.Core.Upstream;

namespace McpRegistry.Tests.Upstream.PlainHttp;

/// <summary>Documents as services serve them: JSON, YAML, with marks before them, and what is said of those that cannot be read.</summary>
public sealed class DocumentTests
{
    private const string Small = """{"openapi":"3.1.0","info":{"title":"t","version":"1"},"paths":{"/x":{"get":{"operationId":"t","summary":"ü"}}}}""";

    public static TheoryData<byte[]> Readable =>
    [
        Encoding.UTF8.GetBytes(Small),
        [0xef, 0xbb, 0xbf, .. Encoding.UTF8.GetBytes(Small)],
        [0xff, 0xfe, .. Encoding.Unicode.GetBytes(Small)],
        [0xfe, 0xff, .. Encoding.BigEndianUnicode.GetBytes(Small)],
        Encoding.UTF8.GetBytes("\n\n  " + Small),
        Encoding.UTF8.GetBytes(Small.Replace("3.1.0", "3.2.0", StringComparison.Ordinal)),
        Encoding.UTF8.GetBytes("# a comment\nopenapi: 3.0.3\ninfo: {title: t, version: '1'}\npaths:\n  /x:\n    get: {operationId: t, summary: ü}\n"),
        [0xef, 0xbb, 0xbf, .. Encoding.UTF8.GetBytes("%YAML 1.2\n---\nopenapi: 3.0.3\npaths:\n  /x: {get: {operationId: t, summary: \"ü\"}}\n")],
    ];

    [Theory]
    [MemberData(nameof(Readable))]
    public async Task A_document_is_read_in_each_of_its_forms(byte[] document)
    {
        await using var service = await RecordingService.WithAsync(document);

        var tool = Assert.Single(await service.ToolsAsync());

        Assert.Equal(("t", "ü"), (tool.Key, tool.Value.GetProperty("description").GetString()));
        Assert.Empty(service.LeftOut);
    }

    [Theory]
    [InlineData("""{"swagger":"2.0","paths":{}}""", "Swagger 2.0")]
    [InlineData("swagger: '2.0'\npaths: {}\n", "Swagger 2.0")]
    [InlineData("""{"openapi":"4.0.0","paths":{}}""", "version")]
    [InlineData("""{"openapi":"3.0.0"}""", "no paths")]
    [InlineData("""{"openapi":"3.0.0","paths":[]}""", "no paths")]
    [InlineData("""{"openapi":"3.0.0","paths":{}""", "no valid JSON")]
    [InlineData("""{"a":1,"a":2,"paths":{}}""", "twice")]
    [InlineData("<html><body>not found</body></html>", "neither")]
    [InlineData("", "neither")]
    [InlineData("null", "neither")]
    [InlineData("a: b: c\n\t- ]", "neither")]
    [InlineData("a: &a [*a]\nopenapi: 3.0.0\npaths: {}", "neither")]
    [InlineData("openapi: 3.0.0\npaths: {}\npaths: {}", "twice")]
    [InlineData("openapi: 3.0.0\n? [a, b]\n: c", "neither")]
    public async Task A_document_that_cannot_be_read_is_named_with_the_reason(string document, string reason)
    {
        await using var service = await RecordingService.WithAsync(document);

        var failure = await Assert.ThrowsAsync<UpstreamException>(service.Upstream.ConnectAsync);

        Assert.StartsWith("its OpenAPI document ", failure.Message, StringComparison.Ordinal);
        Assert.Contains(reason, failure.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("{\"openapi\":\"3.0.0\",\"paths\":{},\"x\":", 1_000_000, "}", "256")]
    [InlineData("openapi: 3.0.0\npaths: {}\nx: ", 1_000_000, "", "256")]
    [InlineData("{\"openapi\":\"3.0.0\",\"paths\":{},\"x\":", 300, "}", "256")]
    public async Task Nesting_without_end_is_named_and_ends_nothing(string start, int depth, string end, string limit)
    {
        await using var service = await RecordingService.WithAsync(start + new string('[', depth) + new string(']', depth) + end);

        var failure = await Assert.ThrowsAsync<UpstreamException>(service.Upstream.ConnectAsync);

        Assert.Contains($"nests deeper than {limit}", failure.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Aliases_that_stand_for_millions_are_refused()
    {
        var bomb = new StringBuilder("a0: &a0 [x,x,x,x,x,x,x,x,x,x]\n");
        for (var i = 1; i < 10; i++) bomb.Append(System.Globalization.CultureInfo.InvariantCulture, $"a{i}: &a{i} [{string.Join(',', Enumerable.Repeat($"*a{i - 1}", 10))}]\n");
        await using var service = await RecordingService.WithAsync(bomb + "openapi: 3.0.0\npaths: {}\n");

        Assert.Contains("aliases", (await Assert.ThrowsAsync<UpstreamException>(service.Upstream.ConnectAsync)).Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task YAML_means_what_it_means_everywhere()
    {
        await using var service = await RecordingService.WithAsync(
            """
            openapi: 3.0.3
            info: {title: t, version: 1.0}
            servers: [{url: https://elsewhere.example/v1}, {url: /v2}]
            x-base: &base {type: string, nullable: true}
            paths:
              /x:
                get:
                  operationId: t
                  security: [{oauth: [read:pets]}]
                  responses: {200: {description: ok}}
                  parameters:
                    - {name: a, in: query, schema: *base}
                    - {name: b, in: query, schema: {<<: *base, type: integer, minimum: 010, maximum: 0x1F, default: 1e3}}
                    - {name: c, in: query, schema: {enum: [on, off, no, yes, true, "true", ~, 2020-01-01, 1_000, .5, -0o17]}}
                    - {name: d, in: query, description: "cut \ud83d", required: true}
            """);

        var properties = (await service.SchemaAsync()).GetProperty("properties");

        Assert.Equal("""{"type":["string","null"]}""", properties.GetProperty("a").GetRawText());
        Assert.Equal("""{"type":["integer","null"],"minimum":10,"maximum":31,"default":1000}""", properties.GetProperty("b").GetRawText());
        Assert.Equal("""{"enum":["on","off","no","yes",true,"true",null,"2020-01-01","1_000",0.5,"-0o17"]}""", properties.GetProperty("c").GetRawText());
        Assert.Equal("cut �", properties.GetProperty("d").GetProperty("description").GetString());
        Assert.Equal("GET /v2/x?a=1", (await service.CallAsync("t", """{"a":1}""")).Line);
    }

    [Fact]
    public async Task A_document_that_changes_is_read_again_and_one_that_breaks_leaves_what_was_known_with_a_word()
    {
        await using var service = await RecordingService.WithAsync(Small);
        Assert.Equal("t", Assert.Single(await service.ToolsAsync()).Key);

        service.Document = Encoding.UTF8.GetBytes(Small.Replace("\"t\",\"sum", "\"u\",\"sum", StringComparison.Ordinal));
        Assert.Equal("u", Assert.Single(await service.ToolsAsync()).Key);
        Assert.Empty(service.LeftOut);

        service.Document = "<html>"u8.ToArray();
        Assert.Equal("u", Assert.Single(await service.ToolsAsync()).Key);
        Assert.Contains("neither", Assert.Single(service.LeftOut).Reason, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Every_operation_has_a_name_and_each_name_stands_once()
    {
        await using var service = await RecordingService.WithPathsAsync(
            """
            {"/orders":{"get":{},"post":{"operationId":"save"},"head":{},"options":{},"trace":{},"x-note":{"get":1}},
             "/orders/{id}":{"get":{},"put":{"operationId":"save"},"delete":{"operationId":"a b/ü"},"patch":{"operationId":"save_2"}},
             "/":{"get":{}},"/odd":null,"/list":[1],"x-paths":{"get":{}}}
            """);

        Assert.Equal(["a_b__", "get", "get_orders", "get_orders_id", "head_orders", "save", "save_2", "save_3"], (await service.ToolsAsync()).Keys.Order(StringComparer.Ordinal));
        Assert.Equal("PUT /orders/7", (await service.CallAsync("save_3", """{"id":7}""")).Line);
        Assert.Equal("GET /orders/7", (await service.CallAsync("get_orders_id", """{"id":7}""")).Line);
    }

    [Theory]
    [InlineData("/files/{a", "brace")]
    [InlineData("/files/../secret", "dot segment")]
    [InlineData("/files/%2e%2e/secret", "dot segment")]
    [InlineData("/files#x", "fragment")]
    [InlineData("/files?x=1", "query")]
    public async Task A_path_that_cannot_be_called_is_left_out_with_a_word(string path, string reason)
    {
        await using var service = await RecordingService.WithOperationAsync("get", path, "\"summary\":\"x\"");

        Assert.Empty(await service.ToolsAsync());
        Assert.Contains(reason, Assert.Single(service.LeftOut).Reason, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_path_keeps_its_characters_and_asks_for_what_the_document_forgot()
    {
        await using var service = await RecordingService.WithOperationAsync("get", "/my items/{id}:copy/ü", "\"summary\":\"x\"");

        Assert.Equal("[\"id\"]", (await service.SchemaAsync()).GetProperty("required").GetRawText());
        Assert.Equal("GET /my%20items/7:copy/%C3%BC", (await service.CallAsync("t", """{"id":"7"}""")).Line);
    }

    [Fact]
    public async Task Tools_at_paths_of_their_own_take_their_parameters_too()
    {
        await using var service = await RecordingService.WithPathsAsync(
            """{"/tools/add":{"post":{"parameters":[{"name":"dry","in":"query"}],"requestBody":{"required":true,"content":{"application/json":{"schema":{"type":"object","properties":{"a":{"type":"number"}}}}}}}},"/tools/plain":{"post":{}},"/other":{"get":{}}}""");

        Assert.Equal(["add", "plain"], (await service.ToolsAsync()).Keys.Order());
        Assert.Equal(("POST /tools/add?dry=true", """{"a":1}"""), await service.CallAsync("add", """{"dry":true,"a":1}""") is var add ? (add.Line, add.Text) : default);
        Assert.Equal(("POST /tools/plain", """{"x":1}"""), await service.CallAsync("plain", """{"x":1}""") is var plain ? (plain.Line, plain.Text) : default);
    }
}
