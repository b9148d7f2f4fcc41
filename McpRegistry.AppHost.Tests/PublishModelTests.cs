using System.Text.Json;

using Aspire.Hosting.Azure;

using Microsoft.Extensions.DependencyInjection;

namespace McpRegistry.AppHost.Tests;

/// <summary>What is published, read from what the publishers write.</summary>
public sealed class PublishModelTests
{
    [Fact]
    public async Task The_manifest_has_the_registry_its_store_and_the_bridges_and_no_part_of_this_machine()
    {
        using var manifest = JsonDocument.Parse(await File.ReadAllTextAsync(await PublishAsync("manifest.json", "--publisher", "manifest")));
        var resources = manifest.RootElement.GetProperty("resources");

        Assert.Equal("container.v0", resources.GetProperty("redis").GetProperty("type").GetString());
        Assert.Equal("project.v0", resources.GetProperty("api").GetProperty("type").GetString());
        Assert.Equal("project.v0", resources.GetProperty("health-worker").GetProperty("type").GetString());
        var bridge = resources.GetProperty("everything-0");
        Assert.Equal("container.v1", bridge.GetProperty("type").GetString());
        Assert.EndsWith("McpRegistry.StdioBridge/Dockerfile", bridge.GetProperty("build").GetProperty("dockerfile").GetString(), StringComparison.Ordinal);
        Assert.Equal(["--", "npx", "-y", "@modelcontextprotocol/server-everything"], bridge.GetProperty("args").EnumerateArray().Select(one => one.GetString()));
        Assert.True(resources.GetProperty("redis-password").GetProperty("inputs").GetProperty("value").GetProperty("secret").GetBoolean());
        Assert.DoesNotContain(resources.EnumerateObject(), one => one.Name is "everything" or "filesystem" or "sample" || one.Name.StartsWith("sample-", StringComparison.Ordinal));
        Assert.DoesNotContain("external", resources.GetProperty("api").GetProperty("bindings").ToString(), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("api")]
    [InlineData("health-worker")]
    public async Task Both_processes_find_store_and_servers_and_may_listen_inside_the_network(string process)
    {
        using var manifest = JsonDocument.Parse(await File.ReadAllTextAsync(await PublishAsync("manifest.json", "--publisher", "manifest")));

        var variables = manifest.RootElement.GetProperty("resources").GetProperty(process).GetProperty("env");

        Assert.Equal("{redis.connectionString}", variables.GetProperty("ConnectionStrings__redis").GetString());
        Assert.Equal("{everything-0.bindings.http.url}", variables.GetProperty("services__everything__http__0").GetString());
        Assert.Equal("fastmcp", variables.GetProperty("McpRegistry__Servers__everything__Type").GetString());
        Assert.Equal("npm", variables.GetProperty("McpRegistry__Servers__everything__Tags__0").GetString());
        Assert.Equal("true", variables.GetProperty("McpRegistry__Http__TrustedNetwork").GetString());
        Assert.Equal($"{{{process}.bindings.http.host}}", variables.GetProperty("McpRegistry__Http__AllowedHosts__0").GetString());
    }

    [Fact]
    public async Task Processes_have_probes_and_two_copies()
    {
        await using var model = await Model.ToPublishAsync("--publisher", "manifest");

        foreach (var name in new[] { "api", "health-worker" })
        {
            Assert.Equal(2, ((ProjectResource)model.Find(name)).GetReplicaCount());
            Assert.Equal([(ProbeType.Liveness, "/health/live"), (ProbeType.Readiness, "/health/ready")],
                model.Find(name).Annotations.OfType<EndpointProbeAnnotation>().Select(one => (one.Type, one.Path)).OrderBy(one => one.Path));
        }
        Assert.Equal(2, model.Find("everything-0").Annotations.OfType<EndpointProbeAnnotation>().Count());
    }

    [Fact]
    public async Task Compose_reaches_the_api_on_loopback_only_and_leaves_no_secret()
    {
        var folder = await PublishAsync("compose", "--target", "compose", "--step", "publish");
        var file = await File.ReadAllTextAsync(Path.Combine(folder, "docker-compose.yaml"));

        Assert.Contains("- \"127.0.0.1:5080:8080\"", file, StringComparison.Ordinal);
        Assert.Contains("replicas: 2", file, StringComparison.Ordinal);
        Assert.Contains("mcp-registry-redis", file, StringComparison.Ordinal);
        Assert.DoesNotContain("_PORT}", file, StringComparison.Ordinal);
        Assert.All(PortsOf(file), one => Assert.StartsWith("- \"127.0.0.1:", one, StringComparison.Ordinal));
        Assert.Equal(file.Split("\n    image: ").Length, file.Split("\n    restart: \"always\"").Length);
        Assert.Contains("REDIS_PASSWORD=\n", (await File.ReadAllTextAsync(Path.Combine(folder, ".env"))).ReplaceLineEndings("\n"), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Kubernetes_gets_probes_it_takes_replicas_and_a_volume_that_outlives_the_pod()
    {
        var folder = await PublishAsync("kubernetes", "--target", "kubernetes", "--step", "publish");
        var api = await File.ReadAllTextAsync(Path.Combine(folder, "templates", "api", "deployment.yaml"));
        var everything = string.Concat(Directory.EnumerateFiles(folder, "*.yaml", SearchOption.AllDirectories).Select(File.ReadAllText));

        Assert.Contains("replicas: 2", api, StringComparison.Ordinal);
        Assert.Contains("path: \"/health/ready\"", api, StringComparison.Ordinal);
        Assert.Contains("path: \"/health/live\"", api, StringComparison.Ordinal);
        Assert.DoesNotContain("scheme: \"http\"", everything, StringComparison.Ordinal);
        Assert.Contains("PersistentVolumeClaim", everything, StringComparison.Ordinal);
        Assert.Contains("type: \"ClusterIP\"", everything, StringComparison.Ordinal);
    }

    [Fact]
    public async Task In_Container_Apps_none_gets_more_copies_than_it_asks_for()
    {
        await using var model = await Model.ToPublishAsync("--target", "azure", "--publisher", "manifest");
        await using var app = await model.BuildAsync();

        await model.Eventing.PublishAsync(new BeforeStartEvent(app.Services, app.Services.GetRequiredService<DistributedApplicationModel>()));

        foreach (var name in new[] { "api", "health-worker", "redis", "everything-0" })
            Assert.Contains(model.Find(name).Annotations, one => one is AzureContainerAppCustomizationAnnotation);
    }

    [Fact]
    public async Task An_unknown_target_is_refused() =>
        await Assert.ThrowsAsync<DistributedApplicationException>(() => Model.ToPublishAsync("--target", "mainframe", "--publisher", "manifest"));

    private static IEnumerable<string> PortsOf(string file) =>
        file.ReplaceLineEndings("\n").Split("\n    ports:\n").Skip(1).SelectMany(one => one.Split('\n').Select(line => line.Trim()).TakeWhile(line => line.StartsWith('-')));

    private static async Task<string> PublishAsync(string name, params string[] args)
    {
        var path = Path.Combine(Directory.CreateTempSubdirectory("publish-").FullName, name);
        await using var model = await Model.ToPublishAsync([.. args, "--output-path", path]);
        await using var app = await model.BuildAsync();
        await app.RunAsync();
        return path;
    }
}
