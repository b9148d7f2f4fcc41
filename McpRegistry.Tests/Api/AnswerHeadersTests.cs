using System.Text;
using System.Text.RegularExpressions;

using McpRegistry.Tests.Api.Harness;

namespace McpRegistry.Tests.Api;

/// <summary>What every answer tells browsers, whatever way out it took.</summary>
public sealed class AnswerHeadersTests : IAsyncLifetime
{
    private const string Page = "https://app.example";

    private WholeGateway _gateway = null!;

    public async Task InitializeAsync() => _gateway = await WholeGateway.StartAsync(new() { ["McpRegistry:Http:AllowedOrigins:0"] = Page });

    public async Task DisposeAsync() => await _gateway.DisposeAsync();

    [Theory]
    [InlineData("GET", "/api/services", 200)]
    [InlineData("GET", "/api/tools", 200)]
    [InlineData("GET", "/api/services/nobody", 404)]
    [InlineData("GET", "/api/nothing", 404)]
    [InlineData("DELETE", "/api/tools", 405)]
    [InlineData("POST", "/api/services", 400)]
    [InlineData("POST", "/api/services/nobody/call", 404)]
    [InlineData("POST", "/api/services/nobody/tools/echo", 404)]
    [InlineData("GET", "/openapi/v1.json", 200)]
    [InlineData("GET", "/health/live", 200)]
    [InlineData("GET", "/health/ready", 200)]
    [InlineData("GET", "/", 302)]
    [InlineData("POST", "/mcp", 200)]
    [InlineData("POST", "/mcp/nobody", 404)]
    [InlineData("GET", "/mcp", 405)]
    [InlineData("PUT", "/mcp", 405)]
    [InlineData("GET", "/api/services", 403, "Origin", "https://evil.example")]
    [InlineData("POST", "/mcp", 403, "Origin", "https://evil.example")]
    [InlineData("POST", "/mcp", 406, "Accept", "text/plain")]
    [InlineData("POST", "/api/services", 415, "Content-Encoding", "gzip")]
    [InlineData("GET", "/api/services", 200, "Origin", Page)]
    public async Task Every_answer_is_no_other_type_is_not_kept_and_is_embedded_by_no_foreign_page(string method, string path, int status, string? header = null, string? value = null)
    {
        using var response = await SendAsync(method, path, header, value);

        Assert.Equal(status, (int)response.StatusCode);
        Assert.Equal("nosniff", Assert.Single(response.Headers.GetValues("X-Content-Type-Options")));
        Assert.Equal("same-origin", Assert.Single(response.Headers.GetValues("Cross-Origin-Resource-Policy")));
        Assert.True(response.Headers.CacheControl?.NoStore);
        // By CORS a listed page reads it all the same: the resource policy is about what is embedded without it.
        if (value == Page) Assert.Equal(Page, Assert.Single(response.Headers.GetValues("Access-Control-Allow-Origin")));
    }

    [Fact]
    public async Task Streams_of_events_have_them_too()
    {
        using var request = new HttpRequestMessage(HttpMethod.Get, "/api/events");
        using var response = await _gateway.Http.SendAsync(request, HttpCompletionOption.ResponseHeadersRead);

        Assert.Equal("text/event-stream", response.Content.Headers.ContentType?.MediaType);
        Assert.Equal("nosniff", Assert.Single(response.Headers.GetValues("X-Content-Type-Options")));
        Assert.True(response.Headers.CacheControl?.NoStore);
    }

    [Fact]
    public async Task The_docs_keep_their_policy_and_their_script_may_be_kept()
    {
        using var page = await SendAsync("GET", "/docs/", null, null);

        Assert.Equal(200, (int)page.StatusCode);
        Assert.Contains("default-src 'none'", Assert.Single(page.Headers.GetValues("Content-Security-Policy")), StringComparison.Ordinal);
        Assert.Equal("nosniff", Assert.Single(page.Headers.GetValues("X-Content-Type-Options")));
        var script = Regex.Match(await page.Content.ReadAsStringAsync(), "src=\"(?<path>[^\"]+\\.js)").Groups["path"].Value;
        using var answer = await SendAsync("GET", new Uri(new Uri(_gateway.Http.BaseAddress!, "/docs/"), script).PathAndQuery, null, null);
        Assert.Equal(200, (int)answer.StatusCode);
        Assert.Equal("nosniff", Assert.Single(answer.Headers.GetValues("X-Content-Type-Options")));
        Assert.NotEqual(true, answer.Headers.CacheControl?.NoStore);
    }

    private async Task<HttpResponseMessage> SendAsync(string method, string path, string? header, string? value)
    {
        using var request = new HttpRequestMessage(new HttpMethod(method), path);
        if (method == "POST")
        {
            var body = path.StartsWith("/mcp", StringComparison.Ordinal) ? """{"jsonrpc":"2.0","id":1,"method":"initialize","params":{"protocolVersion":"2025-11-25"}}"""
                : path.EndsWith("/call", StringComparison.Ordinal) ? """{"tool":"echo"}""" : "{}";
            request.Content = new StringContent(body, Encoding.UTF8, "application/json");
        }
        if (header == "Content-Encoding") request.Content!.Headers.TryAddWithoutValidation(header, value);
        else if (header is not null) request.Headers.TryAddWithoutValidation(header, value);
        return await _gateway.Http.SendAsync(request);
    }
}
