using McpRegistry.Hosting.Registry;

namespace McpRegistry.AppHost.Tests.Integration;

/// <summary>The registry as a project in the model of somebody else.</summary>
public sealed class RegistryProjectTests
{
    [Fact]
    public void Where_it_runs_here_what_is_registered_is_kept_in_a_folder_of_this_AppHost_and_not_in_that_of_the_user()
    {
        var model = DistributedApplication.CreateBuilder([]);
        model.AddMcpRegistryProject<Projects.McpRegistry_Api>("mcp").WithDataVolume();

        var mount = Assert.Single(model.Find("mcp").Annotations.OfType<ContainerMountAnnotation>());

        Assert.Equal(("mcp-data", "/data"), (mount.Source, mount.Target));
    }

    [Fact]
    public async Task Where_it_is_published_it_has_a_volume_only_when_it_is_asked_for()
    {
        var plain = DistributedApplication.CreateBuilder(["--operation", "publish", "--publisher", "manifest"]);
        plain.AddMcpRegistryProject<Projects.McpRegistry_Api>("mcp");
        var kept = DistributedApplication.CreateBuilder(["--operation", "publish", "--publisher", "manifest"]);
        kept.AddMcpRegistryProject<Projects.McpRegistry_Api>("mcp").WithDataVolume("registrations");

        Assert.DoesNotContain("McpRegistry__Storage__Path", (await plain.VariablesOfAsync("mcp")).Keys);
        Assert.Equal("/data/registry.db", (await kept.VariablesOfAsync("mcp"))["McpRegistry__Storage__Path"]);
        Assert.DoesNotContain("MCP_REGISTRY_DATA", (await kept.VariablesOfAsync("mcp")).Keys);
    }

    [Fact]
    public async Task A_server_that_is_handed_over_records_what_its_caller_records_so_that_probes_are_no_traces_of_it()
    {
        var model = DistributedApplication.CreateBuilder([]);
        var weather = model.AddContainer("weather", "example/weather").WithHttpEndpoint(targetPort: 8000).WithEnvironment("OTEL_TRACES_SAMPLER", "always_on");
        model.AddMcpRegistryProject<Projects.McpRegistry_Api>("mcp").WithMcpServer(weather);

        var told = new EnvironmentCallbackContext(model.ExecutionContext, weather.Resource);
        foreach (var annotation in weather.Resource.Annotations.OfType<EnvironmentCallbackAnnotation>()) await annotation.Callback(told);

        Assert.Equal("parentbased_always_on", told.EnvironmentVariables["OTEL_TRACES_SAMPLER"]);
    }

    [Fact]
    public void A_worker_is_a_project_too_and_no_server()
    {
        var model = DistributedApplication.CreateBuilder([]);
        model.AddMcpRegistryProject<Projects.McpRegistry_Api>("mcp").WithMcpServers()
            .WithRedis(model.AddConnectionString("cache"))
            .WithHealthWorkerProject<Projects.McpRegistry_HealthWorker>(worker => worker.WithEnvironment("A", "b"));

        Assert.IsType<McpRegistryProjectResource>(model.Find("mcp"));
        Assert.IsType<ProjectResource>(model.Find("mcp-health-worker"));
        Assert.Empty(RegistryServers.InTheirOwnRight(model.Resources));
    }
}
