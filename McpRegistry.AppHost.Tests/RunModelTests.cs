namespace McpRegistry.AppHost.Tests;

/// <summary>What `dotnet run` of the AppHost will start; nothing is started here.</summary>
public sealed class RunModelTests
{
    [Fact]
    public async Task Every_MCP_server_is_a_resource_with_its_copies_beneath()
    {
        await using var model = await Model.ToRunAsync();

        var servers = model.Resources.OfType<McpServerResource>().ToDictionary(one => one.Name);
        Assert.Equal(["everything", "filesystem", "sample"], servers.Keys.Order());
        Assert.Equal(["sample-0", "sample-1"], servers["sample"].Instances.Select(one => one.Name));
        Assert.Equal(("stdio", "project"), (servers["everything"].Kind, servers["sample"].Kind));
        foreach (var (server, copy) in servers.Values.SelectMany(server => server.Instances.Select(copy => (server, copy))))
        {
            Assert.Contains(copy.Annotations.OfType<ResourceRelationshipAnnotation>(), one => one.Type == "Parent" && one.Resource == server);
            // Its tools are found once, through the registry.
            Assert.DoesNotContain(copy.Annotations, one => one is McpServerEndpointAnnotation);
            Assert.Contains(copy.Annotations, one => one is HealthCheckAnnotation);
        }
    }

    [Fact]
    public async Task Servers_and_copies_and_the_api_have_their_commands()
    {
        await using var model = await Model.ToRunAsync();

        Assert.Equal(["call-a-tool", "call-tool", "check-health", "refresh-tools"], OwnCommandsOf("everything"));
        Assert.Equal(["drain", "undrain"], OwnCommandsOf("sample-1"));
        Assert.Equal(["client-configuration"], OwnCommandsOf("api"));

        IEnumerable<string> OwnCommandsOf(string name) => model.Find(name).Annotations.OfType<ResourceCommandAnnotation>().Select(one => one.Name).Order()
            .Except(["start", "stop", "restart", "rebuild"]);
    }

    [Fact]
    public async Task Without_a_store_the_api_is_alone_and_with_one_a_worker_shares_it()
    {
        await using var alone = await Model.ToRunAsync("--store=embedded");
        await using var shared = await Model.ToRunAsync("--store=redis-server");

        Assert.DoesNotContain(alone.Resources, one => one.Name is "redis" or "health-worker");
        Assert.Contains(shared.Resources, one => one.Name == "health-worker");
        Assert.IsType<ExecutableResource>(shared.Find("redis-server"));
        foreach (var process in new[] { "api", "health-worker" })
            Assert.Contains(shared.Find(process).Annotations.OfType<WaitAnnotation>(), one => one.Resource.Name == "redis-server");
    }

    [Fact]
    public async Task Copies_are_called_in_the_registry_as_their_rows_are_and_no_file_of_servers_is_looked_for()
    {
        await using var model = await Model.ToRunAsync();

        var variables = await model.ToldAsync("api");

        Assert.Equal(["everything-0", "sample-0", "sample-1"], ((string[])["everything__InstanceNames__0", "sample__InstanceNames__0", "sample__InstanceNames__1"]).Select(one => variables[$"McpRegistry__Servers__{one}"]));
        Assert.Equal("none", variables["McpRegistry__Discovery__File"]);
    }

    [Theory]
    [InlineData("api")]
    [InlineData("everything-0")]
    [InlineData("sample-1")]
    public async Task A_process_records_what_its_caller_records_so_that_probes_are_no_traces(string process)
    {
        await using var model = await Model.ToRunAsync();

        Assert.Equal("parentbased_always_on", (await model.ToldAsync(process))["OTEL_TRACES_SAMPLER"]);
    }

    [Fact]
    public async Task An_unknown_kind_of_store_is_refused()
    {
        var refused = await Assert.ThrowsAsync<DistributedApplicationException>(() => Model.ToRunAsync("--store=file"));

        Assert.Contains("'file'", refused.Message, StringComparison.Ordinal);
    }
}
