using System.Collections.Immutable;

using McpRegistry.Core.Registration;

namespace McpRegistry.Tests.Upstream.PlainHttp;

/// <summary>The servers of a document lead to paths of the address it was registered with, never elsewhere.</summary>
public sealed class ServerTests
{
    [Theory]
    [InlineData("", """[{"url":"/base"}]""", "/base/x")]
    [InlineData("", """[{"url":"/base/"}]""", "/base/x")]
    [InlineData("", """[{"url":"base"}]""", "/base/x")]
    [InlineData("", """[{"url":"/"}]""", "/x")]
    [InlineData("", "[]", "/x")]
    [InlineData("/api", """[{"url":"/"}]""", "/api/x")]
    [InlineData("/api", """[{"url":"/v1"}]""", "/api/v1/x")]
    [InlineData("/api", """[{"url":"/api"}]""", "/api/x")]
    [InlineData("/api", """[{"url":"../../up"}]""", "/api/up/x")]
    [InlineData("/api", """[{"url":"SELF/other"}]""", "/other/x")]
    [InlineData("/api", """[{"url":"https://elsewhere.example/v2"}]""", "/api/x")]
    [InlineData("/api", """[{"url":"https://elsewhere.example/v2"},{"url":"/v1"}]""", "/api/v1/x")]
    [InlineData("/api", """[{"url":"//elsewhere.example/v2"}]""", "/api/x")]
    [InlineData("", """[{"url":"/{stage}/{v}","variables":{"stage":{"default":"dev"},"v":{"default":"1"}}}]""", "/dev/1/x")]
    [InlineData("", """[{"url":"/{stage}"}]""", "/x")]
    [InlineData("", """[7,{"url":7}]""", "/x")]
    public async Task The_documents_servers_are_used_as_far_as_they_are_here(string path, string servers, string target)
    {
        await using var service = await RecordingService.WithPathsAsync("""{"/x":{"get":{"operationId":"t"}}}""", path: path);
        service.Document = System.Text.Encoding.UTF8.GetBytes("{\"openapi\":\"3.0.0\",\"paths\":{\"/x\":{\"get\":{\"operationId\":\"t\"}}},\"servers\":" + servers.Replace("SELF", service.Origin.Replace("127.0.0.1", "localhost", StringComparison.Ordinal), StringComparison.Ordinal) + "}");

        Assert.Equal("GET " + target, (await service.CallAsync("t", "{}")).Line);
        Assert.Empty(service.LeftOut);
    }

    [Fact]
    public async Task An_operation_may_have_servers_of_its_own()
    {
        await using var service = await RecordingService.WithPathsAsync(
            """
            {"/x":{"servers":[{"url":"/item"}],"get":{"operationId":"a"},"post":{"operationId":"b","servers":[{"url":"/own"}]}},
             "/y":{"get":{"operationId":"c"},"post":{"operationId":"d","servers":[{"url":"https://elsewhere.example"}]}}}
            """,
            ""","servers":[{"url":"/all"}]""");

        Assert.Equal(["a", "b", "c"], (await service.ToolsAsync()).Keys.Order());
        Assert.Equal("GET /item/x", (await service.CallAsync("a", "{}")).Line);
        Assert.Equal("POST /own/x", (await service.CallAsync("b", "{}")).Line);
        Assert.Equal("GET /all/y", (await service.CallAsync("c", "{}")).Line);
        Assert.Equal("POST /y", Assert.Single(service.LeftOut).Item);
    }

    [Fact]
    public async Task The_query_of_the_base_URL_goes_with_every_call_and_no_argument_replaces_it()
    {
        await using var service = await RecordingService.WithPathsAsync(
            """{"/x":{"get":{"operationId":"t","parameters":[{"name":"key","in":"query","required":true},{"name":"q","in":"query"}]}}}""", path: "/api?key=operator&v=1");

        Assert.Equal("q", Assert.Single((await service.SchemaAsync()).GetProperty("properties").EnumerateObject()).Name);
        Assert.Equal("GET /api/x?key=operator&v=1&q=1", (await service.CallAsync("t", """{"q":1,"key":"caller"}""")).Line);
    }

    [Fact]
    public async Task Declared_tools_keep_the_query_as_well()
    {
        var config = new ServiceConfig { Tools = ImmutableSortedDictionary<string, ToolSettings>.Empty.Add("add", new ToolSettings()) };
        await using var service = await RecordingService.WithPathsAsync("{}", path: "/api/?key=k", config: config);

        Assert.Equal("POST /api/tools/add?key=k", (await service.CallAsync("add", "{}")).Line);
    }
}
