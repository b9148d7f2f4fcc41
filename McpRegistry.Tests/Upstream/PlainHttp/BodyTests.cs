using System.Text;

using Microsoft.AspNetCore.WebUtilities;
using Microsoft.Net.Http.Headers;

namespace McpRegistry.Tests.Upstream.PlainHttp;

/// <summary>Bodies arrive in the media type that the document says.</summary>
public sealed class BodyTests
{
    private const string Fields = """{"type":"object","required":["a"],"properties":{"a":{"type":"string"},"n":{"type":"integer"},"l":{"type":"array"},"o":{"type":"object"}}}""";

    [Theory]
    [InlineData("application/json")]
    [InlineData("application/vnd.api+json")]
    [InlineData("application/json; charset=utf-8")]
    public async Task JSON_of_every_kind_goes_on_as_it_came_under_its_own_type(string type)
    {
        await using var service = await ServiceAsync(type, Fields, "{}");

        var arrived = await service.CallAsync("t", """{"a": "x","n": 1.50,"more":"\ud800"}""");

        Assert.Equal((type, """{"a": "x","n": 1.50,"more":"\ud800"}"""), (arrived.Header("Content-Type"), arrived.Text));
        Assert.Equal("[\"a\"]", (await service.SchemaAsync()).GetProperty("required").GetRawText());
    }

    [Fact]
    public async Task A_form_is_sent_as_a_form()
    {
        await using var service = await ServiceAsync("application/x-www-form-urlencoded", Fields, """{"l":{"style":"form","explode":false}}""");

        var arrived = await service.CallAsync("t", """{"a":"x y&z","n":7,"l":[1,"ü"],"o":{"k":1},"gone":null}""");

        Assert.Equal("application/x-www-form-urlencoded", arrived.Header("Content-Type"));
        Assert.Equal("a=x%20y%26z&n=7&l=1,%C3%BC&o=%7B%22k%22%3A1%7D", arrived.Text);
    }

    [Fact]
    public async Task A_form_repeats_a_list_that_has_no_style_and_writes_JSON_where_it_is_told()
    {
        await using var service = await ServiceAsync("application/x-www-form-urlencoded", Fields, """{"n":{"contentType":"application/json"}}""");

        Assert.Equal("a=1&l=1&l=2&n=%5B3%5D", (await service.CallAsync("t", """{"a":"1","l":[1,2],"n":[3]}""")).Text);
    }

    [Fact]
    public async Task Multipart_is_sent_in_parts_with_files_of_base64()
    {
        const string Upload = """{"type":"object","properties":{"file":{"type":"string","format":"binary"},"files":{"type":"array","items":{"type":"string","format":"binary"}},"picture":{"type":"string","contentMediaType":"image/png"},"note":{"type":"string"},"tags":{"type":"array"},"meta":{"type":"object"}}}""";
        await using var service = await ServiceAsync("multipart/form-data", Upload, """{"file":{"contentType":"application/pdf"}}""");
        var properties = (await service.SchemaAsync()).GetProperty("properties");
        Assert.Equal("""{"type":"string","contentEncoding":"base64"}""", properties.GetProperty("file").GetRawText());
        Assert.Equal("base64", properties.GetProperty("files").GetProperty("items").GetProperty("contentEncoding").GetString());

        var arrived = await service.CallAsync("t", """{"file":"AAEC/w==","files":["AA==","data:text/plain;base64,AQ=="],"picture":"iVA=","note":"ü \"q\"","tags":["a",2],"meta":{"k":"v"}}""");

        var parts = await PartsAsync(arrived);
        Assert.Equal(["file", "files", "files", "picture", "note", "tags", "tags", "meta"], parts.Select(part => part.Name));
        Assert.Equal(("application/pdf", "file"), (parts[0].Type, parts[0].File));
        Assert.Equal([0, 1, 2, 255], parts[0].Content);
        Assert.Equal([[0], [1]], [parts[1].Content, parts[2].Content]);
        Assert.Equal("image/png", parts[3].Type);
        Assert.Equal((null, null, "ü \"q\""), (parts[4].Type, parts[4].File, Encoding.UTF8.GetString(parts[4].Content)));
        Assert.Equal(("application/json", """{"k":"v"}"""), (parts[7].Type, Encoding.UTF8.GetString(parts[7].Content)));
    }

    [Theory]
    [InlineData("text/plain", "{\"body\":\"hello\"}", "text/plain", "hello")]
    [InlineData("text/plain", "{\"body\":\"ü\"}", "text/plain; charset=utf-8", "ü")]
    [InlineData("text/csv", "{\"body\":\"a,b\"}", "text/csv", "a,b")]
    [InlineData("application/octet-stream", "{\"body\":\"aGk=\"}", "application/octet-stream", "hi")]
    [InlineData("*/*", "{\"body\":[1]}", "application/json", "[1]")]
    public async Task Text_and_bytes_are_one_argument(string type, string arguments, string sentType, string sent)
    {
        await using var service = await ServiceAsync(type, """{"type":"string"}""", "{}");

        var arrived = await service.CallAsync("t", arguments);

        Assert.Equal((sentType, sent), (arrived.Header("Content-Type"), arrived.Text));
    }

    [Theory]
    [InlineData("text/plain", "{\"body\":\"\\ud800\"}")]
    [InlineData("application/octet-stream", "{\"body\":\"no base64!\"}")]
    [InlineData("application/octet-stream", "{\"body\":7}")]
    [InlineData("application/octet-stream", "{}")]
    [InlineData("multipart/form-data", "{\"body\":\"x\"}")]
    [InlineData("application/x-www-form-urlencoded", "{\"body\":{\"a\":\"\\udc00\"}}")]
    public async Task A_body_that_cannot_be_written_is_the_callers_mistake(string type, string arguments)
    {
        await using var service = await ServiceAsync(type, """{"type":"object"}""", "{}");

        Assert.NotEmpty(await service.RefusalAsync("t", arguments));
    }

    [Theory]
    [InlineData("application/xml")]
    [InlineData("multipart/mixed")]
    [InlineData("image/png")]
    public async Task A_body_of_another_type_leaves_the_operation_out_with_a_word(string type)
    {
        await using var service = await ServiceAsync(type, Fields, "{}");

        Assert.Empty(await service.ToolsAsync());
        var left = Assert.Single(service.LeftOut);
        Assert.Equal("POST /x", left.Item);
        Assert.Contains(type, left.Reason, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_body_that_may_be_left_out_is_and_so_are_its_required_fields()
    {
        await using var service = await RecordingService.WithOperationAsync("post", "/x", "\"requestBody\":{\"content\":{\"application/json\":{\"schema\":" + Fields + "}}}");

        Assert.False((await service.SchemaAsync()).TryGetProperty("required", out _));
        var without = await service.CallAsync("t", "{}");
        var with = await service.CallAsync("t", """{"a":"x"}""");

        Assert.Equal((null, ""), (without.Header("Content-Type"), without.Text));
        Assert.Equal(("application/json", """{"a":"x"}"""), (with.Header("Content-Type"), with.Text));
    }

    [Fact]
    public async Task Of_several_types_JSON_is_sent()
    {
        await using var service = await RecordingService.WithPathsAsync("""{"/x":{"post":{"operationId":"t","requestBody":{"required":true,"content":{"application/xml":{},"application/x-www-form-urlencoded":{},"application/json":{"schema":{"type":"array"}}}}}}}""");

        Assert.Equal(("application/json", "[1]"), (await service.CallAsync("t", """{"body":[1]}""")) is var arrived ? (arrived.Header("Content-Type"), arrived.Text) : default);
    }

    [Theory]
    [InlineData("""{"anyOf":[{"type":"object"},{"type":"array"}]}""")]
    [InlineData("""{"type":"object","properties":{"a b":{"type":"string"}}}""")]
    [InlineData("""{"type":"object","properties":{"a":{}},"minProperties":1}""")]
    [InlineData("""{"type":"object"}""")]
    public async Task A_body_whose_fields_cannot_be_arguments_is_one_argument(string schema)
    {
        await using var service = await ServiceAsync("application/json", schema, "{}");

        var root = await service.SchemaAsync();

        Assert.Equal("body", Assert.Single(root.GetProperty("properties").EnumerateObject()).Name);
        Assert.Equal(["type", "properties", "required"], root.EnumerateObject().Select(member => member.Name));
        Assert.Equal("""{"a b":"x"}""", (await service.CallAsync("t", """{"body":{"a b":"x"}}""")).Text);
    }

    [Theory]
    [InlineData("""{"200":{"content":{"text/csv":{}}}}""", "text/csv")]
    [InlineData("""{"200":{"content":{"text/csv":{},"application/json":{}}},"404":{"content":{"text/html":{}}}}""", "application/json, text/csv")]
    [InlineData("""{"204":{}}""", "application/json, */*;q=0.8")]
    public async Task What_the_document_says_is_answered_is_asked_for(string responses, string accept)
    {
        await using var service = await RecordingService.WithOperationAsync("get", "/x", $$""" "responses":{{responses}}""");

        Assert.Equal(accept, (await service.CallAsync("t", "{}")).Header("Accept"));
    }

    private static Task<RecordingService> ServiceAsync(string type, string schema, string encoding) => RecordingService.WithOperationAsync(
        "post", "/x", "\"requestBody\":{\"required\":true,\"content\":{\"" + type + "\":{\"schema\":" + schema + ",\"encoding\":" + encoding + "}}}");

    private static async Task<List<(string? Name, string? File, string? Type, byte[] Content)>> PartsAsync(Arrived arrived)
    {
        var boundary = MediaTypeHeaderValue.Parse(arrived.Header("Content-Type")).Boundary.Value!;
        var reader = new MultipartReader(boundary, new MemoryStream(arrived.Body));
        var parts = new List<(string?, string?, string?, byte[])>();
        while (await reader.ReadNextSectionAsync() is { } section)
        {
            using var content = new MemoryStream();
            await section.Body.CopyToAsync(content);
            var disposition = ContentDispositionHeaderValue.Parse(section.ContentDisposition);
            parts.Add((disposition.Name.Value?.Trim('"'), disposition.FileName.Value?.Trim('"'), section.ContentType, content.ToArray()));
        }

        return parts;
    }
}
