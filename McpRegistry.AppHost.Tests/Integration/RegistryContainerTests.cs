using System.Text.Json;

using McpRegistry.Hosting.Registry;

namespace McpRegistry.AppHost.Tests.Integration;

/// <summary>The registry from its image in the model of somebody else. No engine runs here, so it is read what one would be given.</summary>
public sealed class RegistryContainerTests
{
    private static readonly JsonSerializerOptions Indented = new() { WriteIndented = true, NewLine = "\n" };

    [Fact]
    public void From_its_image_it_is_a_container_that_can_be_changed_like_every_other()
    {
        var registry = DistributedApplication.CreateBuilder([]).AddMcpRegistry("mcp", port: 5099);

        var image = Assert.Single(registry.Resource.Annotations.OfType<ContainerImageAnnotation>());
        Assert.Equal((null, "mcp-registry-api", typeof(McpRegistryResource).Assembly.GetName().Version!.ToString(3)), (image.Registry, image.Image, image.Tag));
        registry.WithImageRegistry("images.example").WithImageTag("2.0.1");
        Assert.Equal(("images.example", "2.0.1"), (image.Registry, image.Tag));

        // A port that is asked for has no proxy before it.
        var endpoint = Assert.Single(registry.Resource.Annotations.OfType<EndpointAnnotation>());
        Assert.Equal(("http", 5099, 8080, false), (endpoint.Name, endpoint.Port, endpoint.TargetPort, endpoint.IsProxied));
        Assert.Contains(registry.Resource.Annotations, one => one is HealthCheckAnnotation { Key: var key } && key.Contains("/health/ready", StringComparison.Ordinal));
        Assert.Single(registry.Resource.Annotations.OfType<McpServerEndpointAnnotation>());
        Assert.Contains(registry.Resource.Annotations.OfType<ResourceCommandAnnotation>(), one => one.Name == "client-configuration");
    }

    [Fact]
    public async Task What_is_published_of_it_is_this_line_by_line()
    {
        var resources = await PublishAsync(model =>
        {
            var weather = model.AddContainer("Weather", "example/weather").WithHttpEndpoint(targetPort: 9000, name: "http");
            var key = model.AddParameter("weather-key", secret: true);
            var registry = model.AddMcpRegistry("mcp", port: 5099)
                .WithMcpServer(weather, "/v1/mcp", configure: server => server.WithHeader("X-Key", key).WithTags("sky").Trusted())
                .WithMcpServer(model.AddExternalService("docs", new Uri("https://docs.example/")))
                .WithMcpServer(model.AddExternalService("wiki", model.AddParameter("wiki-url")), "/team/mcp", server => server.WithApiKey(key))
                .WithMcpServer(model.AddMcpServer("git", "uvx", "mcp-server-git").WithInstances(2))
                .WithDataVolume("mcp-data");
            model.AddContainer("agent", "example/agent").WithReference(registry).WithEnvironment("MCP_URL", registry.Resource.McpUrl);
        });

        Assert.Equal(
            """
            {
              "type": "container.v0",
              "image": "mcp-registry-api:1.0.0",
              "volumes": [
                {
                  "name": "mcp-data",
                  "target": "/data",
                  "readOnly": false
                }
              ],
              "env": {
                "McpRegistry__Http__TrustedNetwork": "true",
                "McpRegistry__Http__AllowedHosts__0": "{mcp.bindings.http.host}",
                "McpRegistry__Discovery__File": "none",
                "services__weather__http__0": "{Weather.bindings.http.url}",
                "McpRegistry__Servers__weather__InstanceNames__0": "weather",
                "McpRegistry__Servers__weather__Type": "fastmcp",
                "McpRegistry__Servers__weather__Headers__X-Key": "{weather-key.value}",
                "McpRegistry__Servers__weather__Path": "/v1/mcp",
                "McpRegistry__Servers__weather__Tags__0": "sky",
                "McpRegistry__Servers__weather__Trusted": "true",
                "services__docs__https__0": "https://docs.example/",
                "McpRegistry__Servers__docs__InstanceNames__0": "docs",
                "McpRegistry__Servers__docs__Type": "external",
                "McpRegistry__Servers__docs__Path": "/mcp",
                "services__wiki__http__0": "{wiki-url.value}",
                "McpRegistry__Servers__wiki__InstanceNames__0": "wiki",
                "McpRegistry__Servers__wiki__Type": "external",
                "McpRegistry__Servers__wiki__ApiKey": "{weather-key.value}",
                "McpRegistry__Servers__wiki__Path": "/team/mcp",
                "services__git__http__0": "{git-0.bindings.http.url}",
                "services__git__http__1": "{git-1.bindings.http.url}",
                "McpRegistry__Servers__git__InstanceNames__0": "git-0",
                "McpRegistry__Servers__git__InstanceNames__1": "git-1",
                "McpRegistry__Servers__git__Type": "fastmcp",
                "McpRegistry__Storage__Path": "/data/registry.db"
              },
              "bindings": {
                "http": {
                  "scheme": "http",
                  "protocol": "tcp",
                  "transport": "http",
                  "targetPort": 8080
                }
              }
            }
            {
              "type": "container.v0",
              "image": "mcp-registry-stdio-bridge:1.0.0",
              "args": [
                "--",
                "uvx",
                "mcp-server-git"
              ],
              "env": {
                "McpRegistry__Bridge__Name": "git-0",
                "McpRegistry__Bridge__ShowStderr": "false",
                "McpRegistry__Http__TrustedNetwork": "true",
                "McpRegistry__Http__AllowedHosts__0": "{git-0.bindings.http.host}"
              },
              "bindings": {
                "http": {
                  "scheme": "http",
                  "protocol": "tcp",
                  "transport": "http",
                  "targetPort": 8080
                }
              }
            }
            {
              "type": "container.v0",
              "image": "example/agent:latest",
              "env": {
                "MCP_HTTP": "{mcp.bindings.http.url}",
                "services__mcp__http__0": "{mcp.bindings.http.url}",
                "MCP_URL": "{mcp.bindings.http.url}/mcp"
              }
            }
            """,
            string.Join('\n', new[] { "mcp", "git-0", "agent" }.Select(name => JsonSerializer.Serialize(resources.GetProperty(name), Indented))));
        Assert.True(resources.GetProperty("weather-key").GetProperty("inputs").GetProperty("value").GetProperty("secret").GetBoolean());
    }

    [Fact]
    public async Task With_Redis_every_process_gets_the_connection_string_the_key_and_the_servers_whatever_came_first()
    {
        var resources = await PublishAsync(model =>
        {
            var registry = model.AddMcpRegistry("mcp").WithHealthWorker(worker => worker.WithImageTag("9"));
            registry.WithRedis(model.AddRedis("cache")).WithMcpServer(model.AddMcpServer("docs", new Uri("https://docs.example/mcp")));
        });

        Assert.Equal("mcp-registry-health-worker:9", resources.GetProperty("mcp-health-worker").GetProperty("image").GetString());
        foreach (var process in new[] { "mcp", "mcp-health-worker" })
        {
            var variables = resources.GetProperty(process).GetProperty("env");
            Assert.Equal("{cache.connectionString}", variables.GetProperty("ConnectionStrings__redis").GetString());
            Assert.Equal("{cache-secret-key.value}=", variables.GetProperty("McpRegistry__Redis__SecretKey").GetString());
            Assert.Equal("https://docs.example", variables.GetProperty("services__docs__https__0").GetString());
            Assert.DoesNotContain(variables.EnumerateObject(), one => one.Name.StartsWith("CACHE_", StringComparison.Ordinal));
        }
        Assert.True(resources.GetProperty("cache-secret-key").GetProperty("inputs").GetProperty("value").GetProperty("secret").GetBoolean());
    }

    [Fact]
    public async Task A_worker_without_Redis_and_an_endpoint_that_is_not_there_are_said_before_anything_starts()
    {
        var worker = await Assert.ThrowsAsync<DistributedApplicationException>(() => PublishAsync(model => model.AddMcpRegistry("mcp").WithHealthWorker()));
        Assert.Contains("'mcp-health-worker'", worker.Message, StringComparison.Ordinal);

        var endpoint = await Assert.ThrowsAsync<DistributedApplicationException>(() => PublishAsync(model =>
            model.AddMcpRegistry("mcp").WithMcpServer(model.AddContainer("weather", "example/weather").WithHttpEndpoint(targetPort: 80, name: "http"), endpointName: "mcp")));
        Assert.Contains("'weather' has no endpoint 'mcp'", endpoint.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_second_registry_a_server_twice_and_the_registry_as_its_own_server_are_refused()
    {
        var model = DistributedApplication.CreateBuilder([]);
        var weather = model.AddContainer("weather", "example/weather").WithHttpEndpoint(targetPort: 80, name: "http");
        var registry = model.AddMcpRegistry("mcp").WithMcpServer(weather);

        Assert.Contains("'mcp'", Assert.Throws<DistributedApplicationException>(() => model.AddMcpRegistry("more")).Message, StringComparison.Ordinal);
        Assert.Contains("'weather'", Assert.Throws<DistributedApplicationException>(() => registry.WithMcpServer(weather)).Message, StringComparison.Ordinal);
        Assert.Contains("no server of it", Assert.Throws<DistributedApplicationException>(() => registry.WithMcpServer(registry)).Message, StringComparison.Ordinal);
        Assert.Throws<DistributedApplicationException>(() => registry.WithMcpServer(model.AddMcpServer("docs", new Uri("https://docs.example/mcp")).WithEnvironment("A", "b")));
    }

    [Fact]
    public void A_resource_that_is_handed_over_keeps_its_row_which_gets_the_commands_of_a_server_and_no_tools_past_the_registry()
    {
        var model = DistributedApplication.CreateBuilder([]);
        var weather = model.AddContainer("weather", "example/weather").WithHttpEndpoint(targetPort: 80, name: "http");
        var registry = model.AddMcpRegistry("mcp").WithMcpServer(weather);

        Assert.DoesNotContain(model.Resources, one => one is McpServerResource);
        Assert.Equal(["call-a-tool", "call-tool", "check-health", "refresh-tools"],
            weather.Resource.Annotations.OfType<ResourceCommandAnnotation>().Select(one => one.Name).Order().Except(["start", "stop", "restart", "rebuild"]));
        Assert.DoesNotContain(weather.Resource.Annotations, one => one is McpServerEndpointAnnotation);
        Assert.Equal([("weather", "weather")], RegistryServers.InTheirOwnRight(model.Resources).Select(one => (one.Resource.Name, one.Service)));
        Assert.Contains(registry.Resource.Annotations.OfType<ResourceRelationshipAnnotation>(), one => one.Resource == weather.Resource);
    }

    [Fact]
    public void What_agents_shall_not_see_is_hidden_with_every_copy()
    {
        var model = DistributedApplication.CreateBuilder([]);
        var server = model.AddMcpServerContainer("search", "example/search").ExcludeFromMcp().WithInstances(2);

        foreach (var row in (IResource[])[server.Resource, .. server.Resource.Instances])
            Assert.Contains(row.Annotations, one => one.GetType().Name.Contains("Mcp", StringComparison.Ordinal));
    }

    private static async Task<JsonElement> PublishAsync(Action<IDistributedApplicationBuilder> describe)
    {
        var path = Path.Combine(Directory.CreateTempSubdirectory("hosting-").FullName, "manifest.json");
        var model = DistributedApplication.CreateBuilder(["--operation", "publish", "--publisher", "manifest", "--output-path", path]);
        describe(model);
        await using var app = model.Build();
        await app.RunAsync();
        return JsonElement.Parse(await File.ReadAllTextAsync(path)).GetProperty("resources");
    }
}
