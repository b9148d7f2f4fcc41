namespace McpRegistry.Tests.Upstream.PlainHttp;

/// <summary>Parameters arrive in the style that the document says.</summary>
public sealed class ParameterTests
{
    private const string Array = "[\"blue\",\"black\",\"b&w\"]";
    private const string Object = "{\"R\":100,\"G\":\"2 0\"}";

    [Theory]
    [InlineData("\"name\":\"f\",\"in\":\"query\",\"style\":\"form\",\"explode\":false", Array, "/x?f=blue,black,b%26w")]
    [InlineData("\"name\":\"f\",\"in\":\"query\"", Array, "/x?f=blue&f=black&f=b%26w")]
    [InlineData("\"name\":\"f\",\"in\":\"query\"", Object, "/x?R=100&G=2%200")]
    [InlineData("\"name\":\"f\",\"in\":\"query\",\"explode\":false", Object, "/x?f=R,100,G,2%200")]
    [InlineData("\"name\":\"f\",\"in\":\"query\",\"style\":\"pipeDelimited\"", Array, "/x?f=blue%7Cblack%7Cb%26w")]
    [InlineData("\"name\":\"f\",\"in\":\"query\",\"style\":\"pipeDelimited\",\"explode\":true", Array, "/x?f=blue&f=black&f=b%26w")]
    [InlineData("\"name\":\"f\",\"in\":\"query\",\"style\":\"spaceDelimited\"", Array, "/x?f=blue%20black%20b%26w")]
    [InlineData("\"name\":\"d\",\"in\":\"query\",\"style\":\"deepObject\",\"explode\":true", "{\"a\":\"1\",\"b\":{\"c\":[2,3]}}", "/x?d%5Ba%5D=1&d%5Bb%5D%5Bc%5D=2&d%5Bb%5D%5Bc%5D=3")]
    [InlineData("\"name\":\"f\",\"in\":\"query\"", "\"\"", "/x?f=")]
    [InlineData("\"name\":\"f\",\"in\":\"query\"", "[]", "/x")]
    [InlineData("\"name\":\"f\",\"in\":\"query\"", "null", "/x")]
    [InlineData("\"name\":\"f\",\"in\":\"query\"", "true", "/x?f=true")]
    [InlineData("\"name\":\"f\",\"in\":\"query\"", "1.50", "/x?f=1.50")]
    [InlineData("\"name\":\"f\",\"in\":\"query\",\"allowReserved\":true", "\"http://a/b?c=d&e#f+g\"", "/x?f=http://a/b?c=d%26e%23f%2Bg")]
    [InlineData("\"name\":\"f\",\"in\":\"query\",\"allowReserved\":true", "\"a;admin=1\"", "/x?f=a%3Badmin=1")]
    [InlineData("\"name\":\"f\",\"in\":\"query\"", "\"a/b?c=d ü\"", "/x?f=a%2Fb%3Fc%3Dd%20%C3%BC")]
    [InlineData("\"name\":\"f\",\"in\":\"query\",\"content\":{\"application/json\":{}}", "{\"a\":[1]}", "/x?f=%7B%22a%22%3A%5B1%5D%7D")]
    [InlineData("\"name\":\"filter[name]\",\"in\":\"query\"", "\"v\"", "/x?filter%5Bname%5D=v")]
    public async Task A_query_is_written_in_its_style(string parameter, string value, string target)
    {
        await using var service = await RecordingService.WithOperationAsync("get", "/x", $$""" "parameters":[{ {{parameter}} }]""");
        var argument = Assert.Single((await service.SchemaAsync()).GetProperty("properties").EnumerateObject()).Name;

        var arrived = await service.CallAsync("t", $$$"""{"{{{argument}}}":{{{value}}}}""");

        Assert.Equal("GET " + target, arrived.Line);
        Assert.Matches("^[A-Za-z0-9_.-]{1,64}$", argument);
    }

    [Theory]
    [InlineData("", "\"a?b ü\"", "/x/a%3Fb%20%C3%BC/y")]
    [InlineData("", "\"100%25 & 50%off #1, a:b@c=d\"", "/x/100%2525%20%26%2050%25off%20%231%2C%20a%3Ab%40c%3Dd/y")]
    [InlineData("", Array, "/x/blue,black,b%26w/y")]
    [InlineData("", Object, "/x/R,100,G,2%200/y")]
    [InlineData(",\"explode\":true", Object, "/x/R=100,G=2%200/y")]
    [InlineData(",\"style\":\"label\"", "5", "/x/.5/y")]
    [InlineData(",\"style\":\"label\"", Array, "/x/.blue,black,b%26w/y")]
    [InlineData(",\"style\":\"label\",\"explode\":true", Array, "/x/.blue.black.b%26w/y")]
    [InlineData(",\"style\":\"label\",\"explode\":true", Object, "/x/.R=100.G=2%200/y")]
    [InlineData(",\"style\":\"matrix\"", "5", "/x/;p=5/y")]
    [InlineData(",\"style\":\"matrix\"", Array, "/x/;p=blue,black,b%26w/y")]
    [InlineData(",\"style\":\"matrix\",\"explode\":true", Array, "/x/;p=blue;p=black;p=b%26w/y")]
    [InlineData(",\"style\":\"matrix\"", Object, "/x/;p=R,100,G,2%200/y")]
    [InlineData(",\"style\":\"matrix\",\"explode\":true", Object, "/x/;R=100;G=2%200/y")]
    public async Task A_path_is_written_in_its_style(string style, string value, string target)
    {
        await using var service = await RecordingService.WithOperationAsync("get", "/x/{p}/y", $$""" "parameters":[{"name":"p","in":"path","required":true{{style}}}]""");

        Assert.Equal("GET " + target, (await service.CallAsync("t", $$$"""{"p":{{{value}}}}""")).Line);
    }

    [Theory]
    [InlineData("", "\"..\"")]
    [InlineData("", "\".\"")]
    [InlineData("", "\"\"")]
    [InlineData("", "[]")]
    [InlineData("", "null")]
    [InlineData("", "[\".\"]")]
    [InlineData(",\"style\":\"label\"", "\"\"")]
    [InlineData(",\"style\":\"label\"", "\".\"")]
    [InlineData("", "\"\\ud800\"")]
    [InlineData(",\"schema\":{\"type\":\"string\"}", "[\"a\"]")]
    [InlineData(",\"schema\":{\"type\":\"integer\"}", "{\"a\":1}")]
    public async Task An_argument_that_would_lead_to_another_path_is_the_callers_mistake(string style, string value)
    {
        await using var service = await RecordingService.WithOperationAsync("get", "/x/{p}", $$""" "parameters":[{"name":"p","in":"path","required":true{{style}}}]""");

        Assert.Contains("\"p\"", await service.RefusalAsync("t", $$$"""{"p":{{{value}}}}"""), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Two_arguments_cannot_make_a_dot_segment_together()
    {
        await using var service = await RecordingService.WithPathsAsync("""{"/x/{a}{b}":{"get":{"operationId":"t"}}}""");

        Assert.Contains("segment", await service.RefusalAsync("t", """{"a":".","b":"."}"""), StringComparison.Ordinal);
        Assert.Equal("GET /x/.a", (await service.CallAsync("t", """{"a":".","b":"a"}""")).Line);
    }

    [Theory]
    [InlineData("\"name\":\"X-Req\",\"in\":\"header\",\"required\":true", "X-Req", "\"v 1\"", "v 1")]
    [InlineData("\"name\":\"X-Req\",\"in\":\"header\"", "X-Req", "[1,\"b\"]", "1,b")]
    [InlineData("\"name\":\"X-Req\",\"in\":\"header\"", "X-Req", "{\"a\":1,\"b\":2}", "a,1,b,2")]
    [InlineData("\"name\":\"X-Req\",\"in\":\"header\",\"explode\":true", "X-Req", "{\"a\":1,\"b\":2}", "a=1,b=2")]
    [InlineData("\"name\":\"X-Req\",\"in\":\"header\",\"content\":{\"application/json\":{}}", "X-Req", "{\"a\":\"ü\\n\"}", "{\"a\":\"\\u00FC\\n\"}")]
    [InlineData("\"name\":\"c\",\"in\":\"cookie\"", "Cookie", "\"v;1\"", "c=v%3B1")]
    [InlineData("\"name\":\"c\",\"in\":\"cookie\",\"explode\":false", "Cookie", "[1,2]", "c=1,2")]
    public async Task Headers_and_cookies_are_sent(string parameter, string header, string value, string sent)
    {
        await using var service = await RecordingService.WithOperationAsync("get", "/x", $$""" "parameters":[{ {{parameter}} }]""");
        var schema = await service.SchemaAsync();
        var argument = Assert.Single(schema.GetProperty("properties").EnumerateObject()).Name;

        var arrived = await service.CallAsync("t", $$$"""{"{{{argument}}}":{{{value}}}}""");

        Assert.Equal(sent, arrived.Header(header));
        Assert.Equal(parameter.Contains("required", StringComparison.Ordinal), schema.TryGetProperty("required", out _));
    }

    [Theory]
    [InlineData("\"a\\r\\nX-Evil: 1\"")]
    [InlineData("\"ü\"")]
    [InlineData("\"\\ud800\"")]
    [InlineData("\" a\"")]
    public async Task What_no_header_can_hold_is_the_callers_mistake(string value)
    {
        await using var service = await RecordingService.WithPathsAsync("""{"/x":{"get":{"operationId":"t","parameters":[{"name":"X-Req","in":"header"}]}}}""");

        Assert.Contains("\"X-Req\"", await service.RefusalAsync("t", $$$"""{"X-Req":{{{value}}}}"""), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("{\"q\":\"\\ud800\"}")]
    [InlineData("{\"q\":[\"a\",\"\\udc00\"]}")]
    [InlineData("{\"q\":{\"\\ud800\":1}}")]
    [InlineData("{\"j\":{\"a\":\"\\ud800\"}}")]
    [InlineData("{\"c\":\"\\ud800\"}")]
    public async Task Half_a_surrogate_pair_in_a_query_is_the_callers_mistake(string arguments)
    {
        await using var service = await RecordingService.WithPathsAsync(
            """{"/x":{"get":{"operationId":"t","parameters":[{"name":"q","in":"query"},{"name":"c","in":"cookie"},{"name":"j","in":"query","content":{"application/json":{}}}]}}}""");

        Assert.Contains("not Unicode", await service.RefusalAsync("t", arguments), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("Authorization")]
    [InlineData("accept")]
    [InlineData("Content-Type")]
    [InlineData("X-Api-Key")]
    public async Task Headers_of_OpenAPI_and_of_the_operator_are_no_arguments(string name)
    {
        var config = new Core.Registration.ServiceConfig { Headers = System.Collections.Immutable.ImmutableSortedDictionary<string, string>.Empty.Add("x-api-key", "operator") };
        await using var service = await RecordingService.WithOperationAsync("get", "/x", $$""" "parameters":[{"name":"{{name}}","in":"header","required":true}]""", config: config);

        Assert.Empty((await service.SchemaAsync()).GetProperty("properties").EnumerateObject());
        var arrived = await service.CallAsync("t", $$"""{"{{name}}":"caller"}""");

        Assert.Empty(service.LeftOut);
        Assert.Equal("operator", arrived.Header("X-Api-Key"));
        Assert.DoesNotContain("caller", arrived.Headers.Values);
    }

    [Theory]
    [InlineData("{\"name\":\"Host\",\"in\":\"header\"}")]
    [InlineData("{\"name\":\"Content-Length\",\"in\":\"header\"}")]
    [InlineData("{\"name\":\"Cookie\",\"in\":\"header\"}")]
    [InlineData("{\"name\":\"bad name\",\"in\":\"header\"}")]
    [InlineData("{\"name\":\"q\",\"in\":\"query\",\"style\":\"matrix\"}")]
    [InlineData("{\"name\":\"q\",\"in\":\"querystring\"}")]
    [InlineData("{\"name\":\"q\",\"in\":\"query\",\"content\":{\"application/xml\":{}}}")]
    [InlineData("{\"$ref\":\"#/components/parameters/Missing\"}")]
    public async Task A_parameter_that_cannot_be_sent_is_left_out_with_a_word(string parameter)
    {
        await using var service = await RecordingService.WithOperationAsync("get", "/x", $$""" "parameters":[{{parameter}},{"name":"ok","in":"query"}]""");

        Assert.Equal("ok", Assert.Single((await service.SchemaAsync()).GetProperty("properties").EnumerateObject()).Name);
        Assert.Equal("t", Assert.Single(service.LeftOut).Item);
    }

    [Fact]
    public async Task An_operation_that_needs_such_a_parameter_is_left_out_with_a_word()
    {
        await using var service = await RecordingService.WithPathsAsync("""{"/x":{"get":{"operationId":"t","parameters":[{"name":"Cookie","in":"header","required":true}]}},"/y":{"get":{"operationId":"other"}}}""");

        Assert.Equal("other", Assert.Single(await service.ToolsAsync()).Key);
        var left = Assert.Single(service.LeftOut);
        Assert.Equal("GET /x", left.Item);
        Assert.Contains("Cookie", left.Reason, StringComparison.Ordinal);
    }

    [Fact]
    public async Task The_same_name_in_several_places_is_several_arguments()
    {
        await using var service = await RecordingService.WithPathsAsync(
            """
            {"/x/{id}":{"post":{"operationId":"t","parameters":[{"name":"id","in":"path","required":true},{"name":"id","in":"query"},{"name":"id","in":"header"}],
              "requestBody":{"required":true,"content":{"application/json":{"schema":{"type":"object","properties":{"id":{"type":"string"}}}}}}}}}
            """);

        Assert.Equal(["id", "id_2", "id_3", "body"], (await service.SchemaAsync()).GetProperty("properties").EnumerateObject().Select(property => property.Name));
        var arrived = await service.CallAsync("t", """{"id":"p","id_2":"q","id_3":"h","body":{"id":"b"}}""");

        Assert.Equal(("POST /x/p?id=q", "h", """{"id":"b"}"""), (arrived.Line, arrived.Header("id"), arrived.Text));
    }

    [Fact]
    public async Task The_operations_own_parameter_replaces_that_of_its_path()
    {
        await using var service = await RecordingService.WithPathsAsync(
            """{"/x":{"parameters":[{"name":"f","in":"query","explode":true},{"name":"g","in":"query"}],"get":{"operationId":"t","parameters":[{"name":"f","in":"query","explode":false}]}}}""");

        Assert.Equal("GET /x?f=1,2&g=3", (await service.CallAsync("t", """{"f":[1,2],"g":3}""")).Line);
    }
}
