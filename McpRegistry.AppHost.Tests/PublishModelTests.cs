using System.Text.Json;

namespace McpRegistry.AppHost.Tests;

/// <summary>What is published, read from what the publishers write.</summary>
public sealed class PublishModelTests
{
    [Fact]
    public async Task The_manifest_has_the_registry_its_store_and_the_bridges_and_no_part_of_this_machine()
    {
        using var manifest = JsonDocument.Parse(await File.ReadAllTextAsync(await Model.PublishAsync("manifest.json", "--publisher", "manifest")));
        var resources = manifest.RootElement.GetProperty("resources");

        Assert.Equal("container.v0", resources.GetProperty("redis").GetProperty("type").GetString());
        Assert.Equal("project.v0", resources.GetProperty("api").GetProperty("type").GetString());
        Assert.Equal("project.v0", resources.GetProperty("health-worker").GetProperty("type").GetString());
        var bridge = resources.GetProperty("search-0");
        Assert.Equal("container.v1", bridge.GetProperty("type").GetString());
        Assert.EndsWith("McpRegistry.StdioBridge/Dockerfile", bridge.GetProperty("build").GetProperty("dockerfile").GetString(), StringComparison.Ordinal);
        Assert.Equal(["--", "npx", "-y", "@your-scope/search@1.2.3"], bridge.GetProperty("args").EnumerateArray().Select(one => one.GetString()));
        foreach (var secret in new[] { "redis-password", "redis-secret-key" })
            Assert.True(resources.GetProperty(secret).GetProperty("inputs").GetProperty("value").GetProperty("secret").GetBoolean());
        Assert.DoesNotContain(resources.EnumerateObject(), one => one.Name is "search" || one.Name.Split('-')[0] is "everything" or "filesystem" or "sample");
        Assert.DoesNotContain("external", resources.GetProperty("api").GetProperty("bindings").ToString(), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("api")]
    [InlineData("health-worker")]
    public async Task Both_processes_find_store_and_servers_and_may_listen_inside_the_network(string process)
    {
        using var manifest = JsonDocument.Parse(await File.ReadAllTextAsync(await Model.PublishAsync("manifest.json", "--publisher", "manifest")));

        var variables = manifest.RootElement.GetProperty("resources").GetProperty(process).GetProperty("env");

        Assert.Equal("{redis.connectionString}", variables.GetProperty("ConnectionStrings__redis").GetString());
        Assert.Equal("{redis-secret-key.value}=", variables.GetProperty("McpRegistry__Redis__SecretKey").GetString());
        // Beside the connection string they would be plain variables.
        Assert.DoesNotContain(variables.EnumerateObject(), one => one.Name.StartsWith("REDIS_", StringComparison.Ordinal));
        Assert.Equal("{search-0.bindings.http.url}", variables.GetProperty("services__search__http__0").GetString());
        Assert.Equal("fastmcp", variables.GetProperty("McpRegistry__Servers__search__Type").GetString());
        Assert.Equal("npm", variables.GetProperty("McpRegistry__Servers__search__Tags__0").GetString());
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
        model.AddPublishedServer();
        Assert.Equal(2, model.Find("search-0").Annotations.OfType<EndpointProbeAnnotation>().Count());
    }

    [Fact]
    public async Task An_unknown_target_is_refused() => Assert.Contains("'mainframe'", await RefusalAsync("--target", "mainframe"), StringComparison.Ordinal);

    [Fact]
    public async Task Publishing_without_a_target_says_so_instead_of_doing_nothing() =>
        Assert.Contains("--target compose", await RefusalAsync("--step", "publish"), StringComparison.Ordinal);

    private static async Task<string> RefusalAsync(params string[] args) =>
        (await Assert.ThrowsAsync<DistributedApplicationException>(() => Model.ToPublishAsync(args))).Message;
}
