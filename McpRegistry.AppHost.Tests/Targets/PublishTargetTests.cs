using Aspire.Hosting.Azure;

using Microsoft.Extensions.DependencyInjection;

namespace McpRegistry.AppHost.Tests.Targets;

/// <summary>What the targets write whose packages are not on every feed; compiled with <c>-p:PublishTargets=true</c> only.</summary>
public sealed class PublishTargetTests
{
    [Fact]
    public async Task Compose_reaches_the_api_on_loopback_only_and_leaves_no_secret()
    {
        var folder = await Model.PublishAsync("compose", "--target", "compose", "--step", "publish");
        var file = await File.ReadAllTextAsync(Path.Combine(folder, "docker-compose.yaml"));

        Assert.Contains("- \"127.0.0.1:5080:8080\"", file, StringComparison.Ordinal);
        Assert.Contains("replicas: 2", file, StringComparison.Ordinal);
        Assert.Contains("mcp-registry-redis", file, StringComparison.Ordinal);
        Assert.DoesNotContain("_PORT}", file, StringComparison.Ordinal);
        Assert.Equal(3, file.Split("no-new-privileges:true").Length - 1);
        Assert.Equal(3, file.Split("read_only: true").Length - 1);
        Assert.All(PortsOf(file), one => Assert.StartsWith("- \"127.0.0.1:", one, StringComparison.Ordinal));
        Assert.Equal(file.Split("\n    image: ").Length, file.Split("\n    restart: \"always\"").Length);
        Assert.Contains("REDIS_PASSWORD=\n", (await File.ReadAllTextAsync(Path.Combine(folder, ".env"))).ReplaceLineEndings("\n"), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Kubernetes_gets_probes_it_takes_replicas_and_a_volume_that_outlives_the_pod()
    {
        var folder = await Model.PublishAsync("kubernetes", "--target", "kubernetes", "--step", "publish");
        var api = await File.ReadAllTextAsync(Path.Combine(folder, "templates", "api", "deployment.yaml"));
        var everything = string.Concat(Directory.EnumerateFiles(folder, "*.yaml", SearchOption.AllDirectories).Select(File.ReadAllText));

        Assert.Contains("replicas: 2", api, StringComparison.Ordinal);
        Assert.Contains("path: \"/health/ready\"", api, StringComparison.Ordinal);
        Assert.Contains("path: \"/health/live\"", api, StringComparison.Ordinal);
        Assert.DoesNotContain("scheme: \"http\"", everything, StringComparison.Ordinal);
        Assert.Contains("automountServiceAccountToken: false", api, StringComparison.Ordinal);
        Assert.Contains("readOnlyRootFilesystem: true", api, StringComparison.Ordinal);
        Assert.Contains("kind: \"NetworkPolicy\"", everything, StringComparison.Ordinal);
        Assert.Contains("PersistentVolumeClaim", everything, StringComparison.Ordinal);
        Assert.Contains("type: \"ClusterIP\"", everything, StringComparison.Ordinal);
    }

    [Fact]
    public async Task In_Container_Apps_none_gets_more_copies_than_it_asks_for()
    {
        await using var model = await Model.ToPublishAsync("--target", "azure", "--publisher", "manifest");
        model.AddPublishedServer();
        await using var app = await model.BuildAsync();

        await model.Eventing.PublishAsync(new BeforeStartEvent(app.Services, app.Services.GetRequiredService<DistributedApplicationModel>()));

        foreach (var name in new[] { "api", "health-worker", "redis", "search-0" })
            Assert.Contains(model.Find(name).Annotations, one => one is AzureContainerAppCustomizationAnnotation);
    }

    private static IEnumerable<string> PortsOf(string file) =>
        file.ReplaceLineEndings("\n").Split("\n    ports:\n").Skip(1).SelectMany(one => one.Split('\n').Select(line => line.Trim()).TakeWhile(line => line.StartsWith('-')));
}
