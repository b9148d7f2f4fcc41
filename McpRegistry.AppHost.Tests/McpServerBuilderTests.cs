using McpRegistry.AppHost.McpServers;
using McpRegistry.AppHost.Registry;

namespace McpRegistry.AppHost.Tests;

/// <summary>The extension methods alone, in models of their own, by what a consumer is told.</summary>
public sealed class McpServerBuilderTests
{
    [Fact]
    public async Task A_program_runs_behind_a_bridge_and_gets_its_own_variables()
    {
        var model = ToPublish();
        var token = model.AddParameter("token", "t", secret: true);
        model.AddMcpServer("git", "uvx", "mcp-server-git").WithEnvironment("TOKEN", token).WithInstances(2).WithEnvironment("LEVEL", "debug");

        var bridge = await model.VariablesOfAsync("git-1");

        Assert.Equal(("{token.value}", "debug"), (bridge["McpRegistry__Bridge__Env__TOKEN"], bridge["McpRegistry__Bridge__Env__LEVEL"]));
        Assert.DoesNotContain("McpRegistry__Bridge__Cwd", bridge.Keys);
    }

    [Fact]
    public async Task A_consumer_gets_every_address_under_one_name_with_what_is_said_of_the_server()
    {
        var model = ToPublish();
        var key = model.AddParameter("key", "k", secret: true);
        var consumer = Consumer(model);
        model.AddMcpServerContainer("search", "example/search", "1.2", targetPort: 9000)
            .WithInstances(3).WithTags("docs", "web").WithApiKey(key).WithHeader("X-Team", key).Trusted().WithLoadBalancing("RoundRobin").WithLocation("here").WithMcpPath("/v1/mcp");

        var variables = await model.VariablesOfAsync(consumer);

        Assert.Equal(["{search-0.bindings.http.url}", "{search-1.bindings.http.url}", "{search-2.bindings.http.url}"],
            Enumerable.Range(0, 3).Select(index => variables[$"services__search__http__{index}"]));
        Assert.Equal(
            [
                ("ApiKey", "{key.value}"), ("Headers__X-Team", "{key.value}"),
                ("InstanceNames__0", "search-0"), ("InstanceNames__1", "search-1"), ("InstanceNames__2", "search-2"), ("LoadBalancing", "RoundRobin"), ("Location", "here"),
                ("Path", "/v1/mcp"), ("Tags__0", "docs"), ("Tags__1", "web"), ("Trusted", "true"), ("Type", "fastmcp"),
            ],
            variables.Where(one => one.Key.StartsWith("McpRegistry__Servers__search__", StringComparison.Ordinal))
                .Select(one => (one.Key["McpRegistry__Servers__search__".Length..], one.Value)).Order());
    }

    [Fact]
    public void A_published_project_says_where_its_image_listens()
    {
        var model = ToPublish();
        model.AddMcpServer<Projects.McpRegistry_SampleServer>("weather").WithInstances(2);

        foreach (var copy in new[] { "weather-0", "weather-1" }) Assert.Equal(8080, Assert.Single(model.Find(copy).Annotations.OfType<EndpointAnnotation>()).TargetPort);
    }

    [Fact]
    public async Task A_server_of_somebody_else_is_known_by_its_addresses()
    {
        var model = ToPublish();
        var consumer = Consumer(model);
        model.AddMcpServer("docs", new Uri("https://a.example/team/mcp"), new Uri("https://b.example/team/mcp"));
        model.AddMcpServer("wiki", model.AddParameter("wiki-url")).WithMcpPath("/mcp");

        var variables = await model.VariablesOfAsync(consumer);

        Assert.Equal(("https://a.example", "https://b.example", "/team/mcp", "external"),
            (variables["services__docs__https__0"], variables["services__docs__https__1"], variables["McpRegistry__Servers__docs__Path"], variables["McpRegistry__Servers__docs__Type"]));
        Assert.Equal("{wiki-url.value}", variables["services__wiki__http__0"]);
        Assert.Throws<DistributedApplicationException>(() => model.AddMcpServer("more", new Uri("https://c.example/mcp")).WithInstances(2));
    }

    [Fact]
    public async Task What_carries_the_annotation_of_Aspire_is_registered_without_a_further_call()
    {
        var model = ToPublish();
        var consumer = Consumer(model);
        model.AddContainer("Weather", "example/weather").WithHttpEndpoint(targetPort: 80, name: "http").WithMcpServer();
        model.AddContainer("plain", "example/plain").WithHttpEndpoint(targetPort: 80, name: "http");

        var variables = await model.VariablesOfAsync(consumer);

        Assert.Equal(("{Weather.bindings.http.url}", "/mcp"), (variables["services__weather__http__0"], variables["McpRegistry__Servers__weather__Path"]));
        Assert.DoesNotContain(variables.Keys, one => one.Contains("plain", StringComparison.Ordinal) || one.Contains(consumer, StringComparison.Ordinal));
    }

    [Fact]
    public async Task The_entries_of_a_file_become_resources_and_their_references_become_secret_parameters()
    {
        var file = Path.Combine(Directory.CreateTempSubdirectory("apphost-").FullName, "mcp-servers.json");
        await File.WriteAllTextAsync(file, """
            { "mcpServers": {
                "github": { "command": "npx", "args": ["-y", "server"], "env": { "TOKEN": "${GITHUB_TOKEN}", "CODE": "${_2FA__CODE}", "LEVEL": "info" }, "replicas": 2, "trusted": true },
                "sentry": { "url": "https://sentry.example/mcp", "headers": { "Authorization": "Bearer ${SENTRY_TOKEN}" }, "tags": ["errors"] },
                "off": { "command": "x", "disabled": true } } }
            """);
        var model = ToPublish();
        var consumer = Consumer(model);

        var servers = model.AddMcpServers(file);

        Assert.Equal(["github", "sentry"], servers.Select(one => one.Resource.Name));
        Assert.True(((ParameterResource)model.Find("github-token")).Secret);
        Assert.True(((ParameterResource)model.Find("mcp-2fa-code")).Secret);
        var bridge = await model.VariablesOfAsync("github-1");
        Assert.Equal(("{github-token.value}", "info"), (bridge["McpRegistry__Bridge__Env__TOKEN"], bridge["McpRegistry__Bridge__Env__LEVEL"]));
        var variables = await model.VariablesOfAsync(consumer);
        Assert.Equal(("Bearer {sentry-token.value}", "errors", "fastmcp", "true"),
            (variables["McpRegistry__Servers__sentry__Headers__Authorization"], variables["McpRegistry__Servers__sentry__Tags__0"],
                variables["McpRegistry__Servers__sentry__Type"], variables["McpRegistry__Servers__github__Trusted"]));
    }

    [Theory]
    [InlineData("""{ "mcpServers": { "bad": { "args": ["x"] } } }""", "mcpServers.bad")]
    [InlineData("""{ "mcpServers": { "other": { "command": "x" } } }""", "'wanted'")]
    public async Task A_file_that_does_not_fit_says_why(string text, string expected)
    {
        var file = Path.Combine(Directory.CreateTempSubdirectory("apphost-").FullName, "mcp-servers.json");
        await File.WriteAllTextAsync(file, text);

        var refused = Assert.Throws<DistributedApplicationException>(() => ToPublish().AddMcpServers(file, "wanted"));

        Assert.Contains(expected, refused.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_name_that_is_no_name_of_a_service_is_refused() =>
        Assert.Throws<DistributedApplicationException>(() => ToPublish().AddMcpServer("My-Server", "x"));

    private static IDistributedApplicationBuilder ToPublish() => DistributedApplication.CreateBuilder(["--operation", "publish", "--publisher", "manifest"]);

    private static string Consumer(IDistributedApplicationBuilder model)
    {
        model.AddContainer("consumer", "example/consumer").WithHttpEndpoint(targetPort: 80, name: "http").WithMcpServer().WithMcpServers();
        return "consumer";
    }
}
