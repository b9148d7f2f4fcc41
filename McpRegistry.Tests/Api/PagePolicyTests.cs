using McpRegistry.Tests.Api.Harness;

namespace McpRegistry.Tests.Api;

/// <summary>What browsers are told of the pages in <c>AllowedOrigins</c> (Fetch, CORS protocol), and of all others.</summary>
public sealed class PagePolicyTests : IAsyncLifetime
{
    private const string Page = "http://localhost:6274";

    private RestHost _host = null!;

    public async Task InitializeAsync() => _host = await RestHost.StartAsync(new()
    {
        ["McpRegistry:Http:AllowedOrigins:0"] = Page,
        ["McpRegistry:Http:AllowedOrigins:1"] = "https://App.example:443/",
    });

    public async Task DisposeAsync() => await _host.DisposeAsync();

    [Theory]
    [InlineData("/mcp")]
    [InlineData("/mcp/demo")]
    [InlineData("/api/services")]
    [InlineData("/api/services/demo/call")]
    public async Task A_listed_page_that_asks_before_it_calls_is_told_what_it_may_send(string path)
    {
        var answer = await PreflightAsync(path, Page, "content-type,mcp-session-id,mcp-protocol-version,mcp-method,mcp-name,last-event-id");

        Assert.Equal((204, Page), (answer.Status, answer.Headers["Access-Control-Allow-Origin"]));
        Assert.Contains("Origin", answer.Headers["Vary"], StringComparison.Ordinal);
        Assert.Equal(["DELETE", "GET", "POST", "PUT"], Listed(answer, "Access-Control-Allow-Methods"));
        Assert.Superset(
            new HashSet<string>(["content-type", "accept", "mcp-session-id", "mcp-protocol-version", "mcp-method", "mcp-name", "last-event-id", "authorization", "traceparent"]),
            new HashSet<string>(Listed(answer, "Access-Control-Allow-Headers")));
        Assert.False(answer.Headers.ContainsKey("Access-Control-Allow-Credentials"));
    }

    [Fact]
    public async Task The_headers_that_a_tools_parameters_have_are_allowed_by_the_names_that_were_asked_for()
    {
        var answer = await PreflightAsync("/mcp", Page, "mcp-param-region, Mcp-Param-City,x-forwarded-for,mcp-registry-relay");

        var allowed = Listed(answer, "Access-Control-Allow-Headers");
        Assert.Contains("mcp-param-region", allowed);
        Assert.Contains("Mcp-Param-City", allowed);
        Assert.DoesNotContain("x-forwarded-for", allowed);
        Assert.DoesNotContain("mcp-registry-relay", allowed);
    }

    [Theory]
    [InlineData(Page, "same-site")]
    [InlineData(Page, "cross-site")]
    [InlineData("https://app.example", "cross-site")]
    public async Task A_listed_page_may_read_the_answer_its_session_and_a_refusal(string origin, string site)
    {
        var list = await _host.SendAsync(HttpMethod.Get, "/api/services", headers: [("Origin", origin), ("Sec-Fetch-Site", site)]);
        var refused = await _host.SendAsync(HttpMethod.Get, "/api/services/nobody", headers: [("Origin", origin), ("Sec-Fetch-Site", site)]);
        var failed = await _host.SendAsync(HttpMethod.Post, "/mcp", "{}", headers: [("Origin", origin), ("Sec-Fetch-Site", site)]);

        Assert.Equal((200, 404), (list.Status, refused.Status));
        Assert.All([list, refused, failed], answer =>
        {
            Assert.Equal(origin, answer.Headers["Access-Control-Allow-Origin"]);
            Assert.Contains("Mcp-Session-Id", Listed(answer, "Access-Control-Expose-Headers"));
            Assert.Contains("MCP-Protocol-Version", Listed(answer, "Access-Control-Expose-Headers"));
            Assert.Contains("X-Mcp-Instance", Listed(answer, "Access-Control-Expose-Headers"));
        });
    }

    [Theory]
    [InlineData("http://localhost:6275")]
    [InlineData("http://127.0.0.1:6274")]
    [InlineData("https://localhost:6274")]
    [InlineData("https://app.example:444")]
    [InlineData("http://app.example")]
    [InlineData("https://evil.example")]
    [InlineData("null")]
    public async Task Any_other_page_is_told_nothing_not_even_one_on_another_port_of_this_machine(string origin)
    {
        var before = await PreflightAsync("/api/services", origin, "content-type");
        var after = await _host.SendAsync(HttpMethod.Get, "/api/services", headers: [("Origin", origin)]);

        Assert.Equal((403, 403), (before.Status, after.Status));
        Assert.DoesNotContain(before.Headers.Keys.Concat(after.Headers.Keys), name => name.StartsWith("Access-Control", StringComparison.OrdinalIgnoreCase));
    }

    [Fact]
    public async Task A_listed_page_with_the_name_of_another_host_is_refused()
    {
        var answer = await _host.SendAsync(HttpMethod.Get, "/api/services", headers: [("Origin", Page), ("Host", "evil.example")]);

        answer.IsProblem(403, "tool_denied");
        Assert.DoesNotContain(answer.Headers.Keys, name => name.StartsWith("Access-Control", StringComparison.OrdinalIgnoreCase));
    }

    [Theory]
    [InlineData("*")]
    [InlineData("https://*.app.example")]
    [InlineData("app.example")]
    [InlineData("null")]
    [InlineData("https://app.example/page")]
    [InlineData("https://user@app.example")]
    [InlineData("ftp://app.example")]
    public async Task What_is_no_origin_keeps_the_gateway_from_starting(string setting)
    {
        var refusal = await Assert.ThrowsAnyAsync<Microsoft.Extensions.Options.OptionsValidationException>(
            () => RestHost.StartAsync(new() { ["McpRegistry:Http:AllowedOrigins:0"] = setting }));

        Assert.Contains("McpRegistry:Http:AllowedOrigins", refusal.Message, StringComparison.Ordinal);
    }

    private Task<Answer> PreflightAsync(string path, string origin, string headers) => _host.SendAsync(
        HttpMethod.Options, path, headers: [("Origin", origin), ("Access-Control-Request-Method", "POST"), ("Access-Control-Request-Headers", headers)]);

    private static string[] Listed(Answer answer, string header) =>
        [.. answer.Headers[header].Split(',', StringSplitOptions.TrimEntries).Order(StringComparer.Ordinal)];
}
