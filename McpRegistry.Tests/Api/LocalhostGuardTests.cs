using System.Net.Sockets;
using System.Text;

using McpRegistry.Tests.Acceptance.Harness;
using McpRegistry.Tests.Api.Harness;

namespace McpRegistry.Tests.Api;

public sealed class LocalhostGuardTests : IAsyncLifetime
{
    private RestHost _host = null!;

    public async Task InitializeAsync() => _host = await RestHost.StartAsync(new()
    {
        ["McpRegistry:Http:AllowedHosts:0"] = "registry.example",
        ["McpRegistry:Http:AllowedOrigins:0"] = "https://app.example",
    });

    public async Task DisposeAsync() => await _host.DisposeAsync();

    [Theory]
    [InlineData("localhost")]
    [InlineData("LOCALHOST:5080")]
    [InlineData("127.0.0.1")]
    [InlineData("127.0.0.1:1")]
    [InlineData("[::1]")]
    [InlineData("[::1]:5080")]
    [InlineData("registry.example")]
    [InlineData("registry.example:443")]
    public async Task Own_hosts_are_let_in(string host) => Assert.Equal(200, (await GetAsync(("Host", host))).Status);

    [Theory]
    [InlineData("evil.example")]
    [InlineData("localhost.evil.example")]
    [InlineData("localhost.")]
    [InlineData("127.0.0.1.evil.example:5080")]
    [InlineData("127.0.0.2")]
    [InlineData("0.0.0.0:5080")]
    [InlineData("[::]")]
    [InlineData("evil.example:127.0.0.1")]
    public async Task Foreign_hosts_are_refused(string host)
    {
        var answer = await GetAsync(("Host", host));

        // What is no host at all the server refuses before us.
        if (answer.Status != 400) answer.IsProblem(403, "tool_denied");
    }

    [Fact]
    public async Task A_foreign_host_after_an_own_one_is_refused_like_the_first()
    {
        foreach (var own in (string[])["localhost", "registry.example", "127.0.0.1"])
        {
            Assert.Equal(200, (await GetAsync(("Host", own))).Status);
            (await GetAsync(("Host", "evil.example"))).IsProblem(403, "tool_denied");
            Assert.Equal(200, (await GetAsync(("Host", own))).Status);
            (await GetAsync(("Host", own + ".evil.example"))).IsProblem(403, "tool_denied");
        }
    }

    [Theory]
    [InlineData("localhost:5080", "http://localhost:5080")]
    [InlineData("LOCALHOST:5080", "http://localhost:5080")]
    [InlineData("127.0.0.1", "http://127.0.0.1")]
    [InlineData("[::1]:5080", "http://[::1]:5080")]
    [InlineData("registry.example", "https://registry.example")]
    public async Task Its_own_pages_are_let_in_without_a_CORS_header(string host, string origin)
    {
        foreach (var method in (HttpMethod[])[HttpMethod.Get, HttpMethod.Post])
        {
            var answer = await _host.SendAsync(method, method == HttpMethod.Get ? "/api/services" : "/api/services/nobody/call", headers: [("Host", host), ("Origin", origin), ("Sec-Fetch-Site", "same-origin")]);

            Assert.NotEqual(403, answer.Status);
            Assert.DoesNotContain(answer.Headers.Keys, name => name.StartsWith("Access-Control", StringComparison.OrdinalIgnoreCase));
        }
    }

    /// <summary>Any development server, notebook or page with a hole on any port of this machine.</summary>
    [Theory]
    [InlineData("http://localhost:3000")]
    [InlineData("http://localhost")]
    [InlineData("http://127.0.0.1:5080")]
    [InlineData("https://127.0.0.1:8443")]
    [InlineData("http://[::1]:5080")]
    public async Task Pages_on_other_ports_of_this_machine_change_and_read_nothing(string origin)
    {
        foreach (var (method, path) in ((HttpMethod, string)[])
            [
                (HttpMethod.Post, "/api/services/demo/tools/echo"), (HttpMethod.Post, "/api/services/demo/call"), (HttpMethod.Post, "/api/services/demo/instances/0/drain"),
                (HttpMethod.Post, "/api/discovery/refresh"), (HttpMethod.Post, "/api/services/demo/health/check"), (HttpMethod.Post, "/api/services"), (HttpMethod.Delete, "/api/services/demo"),
                (HttpMethod.Put, "/api/services/demo"), (HttpMethod.Get, "/api/services"), (HttpMethod.Get, "/api/events"), (HttpMethod.Post, "/mcp"), (HttpMethod.Get, "/mcp"), (HttpMethod.Get, "/openapi/v1.json"),
            ])
        {
            foreach (var (body, type) in ((string?, string)[])[(null, ""), ("{}", "text/plain"), ("a=1", "application/x-www-form-urlencoded"), ("{}", "application/json")])
                Assert.Equal(403, (await _host.SendAsync(method, path, method == HttpMethod.Get ? null : body, type, ("Host", "localhost:5080"), ("Origin", origin))).Status);
        }
    }

    [Theory]
    [InlineData("null")]
    [InlineData("http://evil.example")]
    [InlineData("http://localhost.evil.example")]
    [InlineData("http://localhost@evil.example")]
    [InlineData("http://localhost:80@evil.example")]
    [InlineData("http://localhost:")]
    [InlineData("http://localhost/")]
    [InlineData("http://localhost:99999999")]
    [InlineData("file://localhost")]
    [InlineData("localhost")]
    [InlineData("http://")]
    [InlineData("https://app.example:444")]
    [InlineData("http://localhost, http://evil.example")]
    public async Task Foreign_origins_are_refused(string origin)
    {
        (await GetAsync(("Origin", origin))).IsProblem(403, "tool_denied");
        (await _host.SendAsync(HttpMethod.Options, "/api/services", headers: [("Origin", origin), ("Access-Control-Request-Method", "POST")])).IsProblem(403, "tool_denied");
    }

    [Fact]
    public async Task Two_origins_are_refused_even_when_both_are_own()
    {
        var answer = await RawAsync("GET /api/services HTTP/1.1\r\nHost: localhost\r\nOrigin: http://localhost\r\nOrigin: http://localhost\r\nConnection: close\r\n\r\n");

        Assert.StartsWith("HTTP/1.1 403 ", answer, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_request_without_a_host_is_refused()
    {
        var answer = await RawAsync("GET /api/services HTTP/1.0\r\n\r\n");

        Assert.Contains(" 403 ", answer[..20], StringComparison.Ordinal);
        Assert.DoesNotContain("Server:", answer, StringComparison.OrdinalIgnoreCase);
    }

    [Fact]
    public async Task A_page_of_another_site_is_refused_but_a_link_from_it_may_be_followed()
    {
        (await GetAsync(("Sec-Fetch-Site", "cross-site"))).IsProblem(403, "tool_denied");
        (await GetAsync(("Sec-Fetch-Site", "cross-site"), ("Sec-Fetch-Mode", "navigate"), ("Sec-Fetch-Dest", "iframe"))).IsProblem(403, "tool_denied");
        (await _host.PostAsync("/api/services", "{}", headers: [("Sec-Fetch-Site", "cross-site"), ("Sec-Fetch-Mode", "navigate"), ("Sec-Fetch-Dest", "document")])).IsProblem(403, "tool_denied");
        // Another port of this machine is the same site.
        (await GetAsync(("Sec-Fetch-Site", "same-site"))).IsProblem(403, "tool_denied");
        (await _host.PostAsync("/api/services/demo/tools/echo", null, headers: [("Sec-Fetch-Site", "same-site"), ("Sec-Fetch-Mode", "no-cors")])).IsProblem(403, "tool_denied");
        (await GetAsync(("Sec-Fetch-Site", "of-tomorrow"))).IsProblem(403, "tool_denied");

        Assert.Equal(200, (await GetAsync(("Sec-Fetch-Site", "same-origin"))).Status);
        Assert.Equal(200, (await GetAsync(("Sec-Fetch-Site", "none"))).Status);
        Assert.Equal(200, (await GetAsync(("Sec-Fetch-Site", "cross-site"), ("Sec-Fetch-Mode", "navigate"), ("Sec-Fetch-Dest", "document"))).Status);
    }

    [Theory]
    [InlineData("/mcp")]
    [InlineData("/mcp/demo")]
    public async Task MCP_clients_get_the_refusal_as_JSON_RPC(string path)
    {
        var answer = await _host.PostAsync(path, "{}", headers: ("Origin", "http://evil.example"));

        Assert.Equal(403, answer.Status);
        Assert.Equal("2.0", answer.Json.GetProperty("jsonrpc").GetString());
        Assert.True(answer.Json.GetProperty("error").GetProperty("code").GetInt32() < 0);
        Assert.False(answer.Json.TryGetProperty("id", out _));
    }

    [Fact]
    public async Task Health_and_docs_stand_behind_the_guard_too()
    {
        Assert.Equal(403, (await _host.SendAsync(HttpMethod.Get, "/health/live", headers: ("Host", "evil.example"))).Status);
        Assert.Equal(403, (await _host.SendAsync(HttpMethod.Get, "/docs", headers: ("Host", "evil.example"))).Status);
        Assert.Equal(200, (await _host.GetAsync("/health/live")).Status);
    }

    [Theory]
    [InlineData("evil.example", 403, null)]
    [InlineData("weather-0:8080", 403, null)]
    [InlineData("weather-0:8080", 200, "weather-0")]
    [InlineData("evil.example", 200, "*")]
    [InlineData("203.0.113.7:8080", 403, null)]
    public async Task On_a_trusted_network_a_host_must_still_be_an_own_one(string host, int status, string? allowed)
    {
        var settings = new Dictionary<string, string> { ["McpRegistry:Http:TrustedNetwork"] = "true" };
        if (allowed is not null) settings["McpRegistry:Http:AllowedHosts:0"] = allowed;
        await using var trusting = await RestHost.StartAsync(settings);

        Assert.Equal(status, (await trusting.SendAsync(HttpMethod.Get, "/api/services", headers: ("Host", host))).Status);
        (await trusting.SendAsync(HttpMethod.Get, "/api/services", headers: ("Origin", "http://evil.example"))).IsProblem(403, "tool_denied");
    }

    /// <summary>A page that rebound its name sends what a page sends to its own origin.</summary>
    [Theory]
    [InlineData(200)]
    [InlineData(200, "Sec-Fetch-Site", "none")]
    [InlineData(200, "Accept-Language", "*", "Sec-Fetch-Mode", "cors")]
    [InlineData(403, "Sec-Fetch-Site", "same-origin")]
    [InlineData(403, "Sec-Fetch-Site", "same-site")]
    [InlineData(403, "Sec-Fetch-Site", "same-origin", "Sec-Fetch-Mode", "navigate", "Sec-Fetch-Dest", "document")]
    [InlineData(403, "Origin", "http://evil.example:8080")]
    [InlineData(403, "Accept-Language", "en-US,en;q=0.5")]
    public async Task Where_any_host_is_let_in_a_page_that_rebound_its_name_reads_nothing(int status, params string[] headers)
    {
        await using var trusting = await RestHost.StartAsync(new() { ["McpRegistry:Http:TrustedNetwork"] = "true", ["McpRegistry:Http:AllowedHosts:0"] = "*", ["McpRegistry:Http:AllowedHosts:1"] = "registry.example" });
        var sent = headers.Chunk(2).Select(pair => (pair[0], pair[1])).ToArray();

        Assert.Equal(status, (await trusting.SendAsync(HttpMethod.Get, "/api/services", headers: [("Host", "evil.example:8080"), .. sent])).Status);
        // A listed name and loopback are nobody else's.
        if (headers is not ["Origin", ..] and not [_, "same-site", ..])
            foreach (var host in (string[])["registry.example:8080", "localhost"])
                Assert.Equal(200, (await trusting.SendAsync(HttpMethod.Get, "/api/services", headers: [("Host", host), .. sent])).Status);
    }

    /// <summary>As the probes of an orchestrator do; 127.0.0.2 stands for the address of a container.</summary>
    [LinuxFact]
    public async Task On_a_trusted_network_the_address_that_was_connected_to_is_an_own_host()
    {
        var other = new Dictionary<string, string> { ["urls"] = "http://127.0.0.2:0" };
        await using var trusting = await RestHost.StartAsync(new(other) { ["McpRegistry:Http:TrustedNetwork"] = "true" });
        await using var wary = await RestHost.StartAsync(other);

        Assert.Equal(200, (await trusting.GetAsync("/health/live")).Status);
        Assert.Equal(403, (await trusting.SendAsync(HttpMethod.Get, "/health/live", headers: ("Host", "127.0.0.3"))).Status);
        Assert.Equal(403, (await wary.GetAsync("/health/live")).Status);
    }

    private Task<Answer> GetAsync(params (string, string)[] headers) => _host.SendAsync(HttpMethod.Get, "/api/services", headers: headers);

    private async Task<string> RawAsync(string request)
    {
        using var socket = new TcpClient();
        await socket.ConnectAsync(_host.Address.Host, _host.Address.Port);
        await using var stream = socket.GetStream();
        await stream.WriteAsync(Encoding.ASCII.GetBytes(request));
        using var reader = new StreamReader(stream);
        return await reader.ReadToEndAsync().WaitAsync(TimeSpan.FromSeconds(10));
    }
}
