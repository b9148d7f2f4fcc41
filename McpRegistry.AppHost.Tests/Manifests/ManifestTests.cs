using System.Diagnostics;
using System.Text.Json.Nodes;

using McpRegistry.AppHost.McpServers;
using McpRegistry.AppHost.Tests.Running;

namespace McpRegistry.AppHost.Tests.Manifests;

/// <summary>What <c>azd up</c> deploys: the whole of it against files that a person can read, and what matters of it in sentences.</summary>
public sealed class ManifestTests
{
    private static readonly string[] Own = ["api", "health-worker"];

    [Fact]
    public async Task What_ships_is_published_line_by_line_as_the_file_says()
    {
        var file = Path.Combine(Directory.CreateTempSubdirectory("manifest-").FullName, "manifest.json");

        // As azd calls it, but for the build.
        using var azd = Process.Start(new ProcessStartInfo("dotnet", [AppHostProcess.Program, "--publisher", "manifest", "--output-path", file])
        {
            WorkingDirectory = Path.Combine(Repository.Root, "McpRegistry.AppHost"),
            RedirectStandardOutput = true,
        })!;
        var log = await azd.StandardOutput.ReadToEndAsync();
        await azd.WaitForExitAsync();

        Assert.True(azd.ExitCode == 0, log);
        IsAsWritten("as-it-ships.json", Manifest.Read(file));
    }

    [Fact]
    public async Task Servers_of_every_kind_are_published_line_by_line_as_the_file_says() => IsAsWritten("with-servers.json", await Manifest.WriteAsync(AddServers));

    [Fact]
    public async Task Every_value_that_was_marked_or_made_as_a_secret_is_one_and_generated_where_nobody_gives_it()
    {
        var resources = await Manifest.WriteAsync(AddServers);

        var secrets = resources.Where(one => one.Value!["type"]!.ToString() == "parameter.v0").ToDictionary(one => one.Key, one => one.Value!["inputs"]!["value"]!);
        Assert.Equal(["docs-key", "redis-password", "redis-secret-key", "search-token"], secrets.Keys.Order());
        Assert.All(secrets, one => Assert.True(one.Value["secret"]!.GetValue<bool>(), one.Key));
        foreach (var made in new[] { "redis-password", "redis-secret-key" }) Assert.True(secrets[made]["default"]!["generate"]!["minLength"]!.GetValue<int>() >= 22);
        Assert.True(secrets["redis-secret-key"]["default"]!["generate"]!["minLength"]!.GetValue<int>() >= 43);
    }

    [Fact]
    public async Task The_password_of_Redis_is_in_its_connection_string_and_its_own_container_and_nowhere_else()
    {
        var resources = await Manifest.WriteAsync(AddServers);

        foreach (var (name, resource) in resources.Where(one => one.Key is not "redis" and not "redis-password"))
            Assert.DoesNotContain("redis-password", resource!.ToJsonString(), StringComparison.Ordinal);
        foreach (var own in Own) Assert.Equal("{redis.connectionString}", resources[own]!["env"]!["ConnectionStrings__redis"]!.ToString());
    }

    [Fact]
    public async Task There_is_one_Redis_with_one_volume_and_both_processes_use_it()
    {
        var resources = await Manifest.WriteAsync();

        var redis = Assert.Single(resources, one => one.Value!["image"]?.ToString().Contains("/redis@sha256:", StringComparison.Ordinal) == true);
        Assert.Equal("redis", redis.Key);
        Assert.Equal("mcp-registry-redis", Assert.Single(redis.Value!["volumes"]!.AsArray())!["name"]!.ToString());
    }

    [Fact]
    public async Task Nothing_is_reached_from_outside_but_what_was_opened_by_hand()
    {
        Assert.Empty(ExternalOf(await Manifest.WriteAsync(AddServers)));
        Assert.Equal(["api"], ExternalOf(await Manifest.WriteAsync(model => model.CreateResourceBuilder((ProjectResource)model.Find("api")).WithExternalHttpEndpoints())));

        static IEnumerable<string> ExternalOf(JsonObject resources) =>
            resources.Where(one => one.Value!["bindings"]?.AsObject().Any(binding => binding.Value!["external"]?.GetValue<bool>() == true) == true).Select(one => one.Key);
    }

    [Fact]
    public async Task Every_process_listens_on_the_port_of_its_image()
    {
        var resources = await Manifest.WriteAsync(AddServers);

        Assert.Equal(
            [("api", 8080), ("health-worker", 8080), ("redis", 6379), ("search-0", 8080), ("weather-0", 8080), ("weather-1", 8080), ("wiki-0", 8000)],
            resources.Where(one => one.Value!["bindings"] is not null).Select(one => (one.Key, Assert.Single(one.Value!["bindings"]!.AsObject()).Value!["targetPort"]!.GetValue<int>())).Order());
    }

    [Fact]
    public async Task A_program_becomes_an_image_with_the_bridge_and_whatever_it_is_given_behind_the_dashes()
    {
        var bridge = (await Manifest.WriteAsync(AddServers))["search-0"]!;

        Assert.Equal("container.v1", bridge["type"]!.ToString());
        Assert.Equal((".", "McpRegistry.StdioBridge/Dockerfile"), (bridge["build"]!["context"]!.ToString(), bridge["build"]!["dockerfile"]!.ToString()));
        Assert.Equal(["--", "npx", "-y", "@your-scope/search@1.2.3"], bridge["args"]!.AsArray().Select(one => one!.ToString()));
        Assert.Equal("{search-token.value}", bridge["env"]!["McpRegistry__Bridge__Env__TOKEN"]!.ToString());
    }

    [Fact]
    public async Task No_demo_no_dashboard_and_no_part_of_this_machine_is_published()
    {
        var resources = await Manifest.WriteAsync();

        // Aspire's own line says what the connection string ends with where Redis speaks TLS.
        Assert.Equal(["api", "health-worker", "redis", "redis-password", "redis-secret-key"], resources.Select(one => one.Key).Where(one => !one.StartsWith("cond-", StringComparison.Ordinal)).Order());
        var text = Manifest.ToText(resources);
        foreach (var local in new[] { Repository.Root, "127.0.0.1", "localhost", ":5080", "sample", "everything" }) Assert.DoesNotContain(local, text, StringComparison.OrdinalIgnoreCase);
    }

    private static void AddServers(IDistributedApplicationBuilder model)
    {
        model.AddMcpServer("search", "npx", "-y", "@your-scope/search@1.2.3").WithEnvironment("TOKEN", model.AddParameter("search-token", secret: true)).WithTags("npm");
        model.AddMcpServer<Projects.McpRegistry_SampleServer>("weather", SampleServer.OverHttp).WithInstances(2).WithLoadBalancing("LeastRequests");
        model.AddMcpServerContainer("wiki", "example/wiki", "1.2", targetPort: 8000).WithMcpPath("/v1/mcp");
        model.AddMcpServer("docs", new Uri("https://docs.example/mcp")).WithApiKey(model.AddParameter("docs-key", secret: true));
    }

    // The lines of both, so that the first that differs is shown; what was written is kept beside the other results.
    private static void IsAsWritten(string name, JsonObject resources)
    {
        var (expected, actual) = (Path.Combine(Repository.Root, "McpRegistry.AppHost.Tests", "Manifests", name), Path.Combine(Repository.Root, "artifacts", "manifests", name));
        Directory.CreateDirectory(Path.GetDirectoryName(actual)!);
        File.WriteAllText(actual, Manifest.ToText(resources));
        var (wanted, got) = (File.ReadAllLines(expected), File.ReadAllLines(actual));
        foreach (var (index, line) in got.Index())
            Assert.True(index < wanted.Length && wanted[index] == line, $"{name}, line {index + 1}: '{line}', not '{wanted.ElementAtOrDefault(index)}'. If that is meant: cp {actual} {expected}");
        Assert.Equal(wanted.Length, got.Length);
    }
}
