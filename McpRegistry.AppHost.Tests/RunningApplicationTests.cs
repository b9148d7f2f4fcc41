using System.Diagnostics;
using System.Net.Http.Json;
using System.Text;
using System.Text.Json;

using McpRegistry.AppHost.Stores;
using McpRegistry.Core.Registration;

using Microsoft.Extensions.DependencyInjection;

using Xunit.Abstractions;

namespace McpRegistry.AppHost.Tests;

/// <summary>The application itself: orchestrator, api, a bridge with its program, two copies of a project.</summary>
public sealed class RunningApplicationTests(ITestOutputHelper output)
{
    private static readonly TimeSpan Patience = TimeSpan.FromMinutes(3);

    // A refusal costs milliseconds; a call that is kept by something would take seconds.
    private static readonly TimeSpan Hardly = TimeSpan.FromSeconds(2);

    [Fact]
    public async Task Tools_of_programs_and_projects_are_called_through_the_api_and_one_copy_less_is_no_loss()
    {
        using var deadline = new CancellationTokenSource(Patience);
        var cancellationToken = deadline.Token;
        await using var model = await ModelOfThisMachineAsync();
        await using var app = await model.BuildAsync(cancellationToken);
        await app.StartAsync(cancellationToken);
        foreach (var name in new[] { "api", "program", "sample" }) await app.ResourceNotifications.WaitForResourceHealthyAsync(name, cancellationToken);
        using var client = app.CreateHttpClient("api", "http");

        Assert.Contains("from a program", await CallAsync(client, "program", "from a program", cancellationToken), StringComparison.Ordinal);
        await UntilAsync(() => AreHealthyAsync(client, 2, cancellationToken), cancellationToken);
        for (var call = 0; call < 6; call++) Assert.Contains("from a project", await CallAsync(client, "sample", "from a project", cancellationToken), StringComparison.Ordinal);

        await CommandAsync(app, model, KnownResourceCommands.StopCommand, cancellationToken);
        await app.ResourceNotifications.WaitForResourceAsync("sample-0", KnownResourceStates.TerminalStates, cancellationToken);
        for (var call = 0; call < 6; call++)
        {
            var began = Stopwatch.GetTimestamp();
            Assert.Contains("still here", await CallAsync(client, "sample", "still here", cancellationToken), StringComparison.Ordinal);
            output.WriteLine($"call {call + 1} after the stop: {Stopwatch.GetElapsedTime(began).TotalMilliseconds:0} ms");
            Assert.InRange(Stopwatch.GetElapsedTime(began), TimeSpan.Zero, Hardly);
        }
    }

    [Fact]
    public Task A_copy_that_is_stopped_is_out_and_one_that_is_started_is_back_long_before_the_next_probe() => StopAndStartAsync("--store=embedded");

    [RedisServerFact]
    public Task The_same_with_a_health_worker_and_the_redis_server_of_this_machine() => StopAndStartAsync("--store=redis-server");

    [Fact]
    public async Task Commands_of_the_dashboard_reach_the_registry_and_what_is_registered_over_REST_becomes_a_row()
    {
        using var deadline = new CancellationTokenSource(Patience);
        var cancellationToken = deadline.Token;
        await using var model = await ModelOfThisMachineAsync();
        await using var app = await model.BuildAsync(cancellationToken);
        await app.StartAsync(cancellationToken);
        foreach (var name in new[] { "api", "sample" }) await app.ResourceNotifications.WaitForResourceHealthyAsync(name, cancellationToken);
        using var client = app.CreateHttpClient("api", "http");

        var called = await app.ResourceCommands.ExecuteCommandAsync(model.Find("sample"), "call-tool", Inputs(("tool", "echo"), ("arguments", """{"message":"by hand"}""")), cancellationToken);
        Assert.True(called.Success, called.Message);
        Assert.Contains("by hand", called.Data!.Value, StringComparison.Ordinal);
        Assert.False((await app.ResourceCommands.ExecuteCommandAsync(model.Find("sample"), "call-tool", Inputs(("tool", "no_such_tool")), cancellationToken)).Success);
        Assert.True((await app.ResourceCommands.ExecuteCommandAsync(model.Find("sample"), "check-health", cancellationToken)).Success);

        var drained = await app.ResourceCommands.ExecuteCommandAsync(model.Find("sample-0"), "drain", cancellationToken);
        Assert.True(drained.Success, drained.Message);
        Assert.Single(await InstancesAsync(client, cancellationToken), one => one.GetProperty("draining").GetBoolean());
        Assert.True((await app.ResourceCommands.ExecuteCommandAsync(model.Find("sample-0"), "undrain", cancellationToken)).Success);

        var address = app.GetEndpoint("sample-1", "http");
        using var registered = await client.PostAsJsonAsync("/api/services", new { name = "late", base_url = new Uri(address, "/mcp") }, cancellationToken);
        registered.EnsureSuccessStatusCode();
        await app.ResourceNotifications.WaitForResourceAsync("late", row => !row.Snapshot.IsHidden && row.Snapshot.HealthStatus == Microsoft.Extensions.Diagnostics.HealthChecks.HealthStatus.Healthy, cancellationToken);
        using var removed = await client.DeleteAsync("/api/services/late", cancellationToken);
        await app.ResourceNotifications.WaitForResourceAsync("late", row => row.Snapshot.IsHidden, cancellationToken);
    }

    // No call is made meanwhile: what calls find out by themselves is another matter.
    private async Task StopAndStartAsync(string store)
    {
        using var deadline = new CancellationTokenSource(Patience);
        var cancellationToken = deadline.Token;
        await using var model = await ModelOfThisMachineAsync(store);
        await using var app = await model.BuildAsync(cancellationToken);
        await app.StartAsync(cancellationToken);
        foreach (var resource in model.Resources.OfType<ProjectResource>()) await app.ResourceNotifications.WaitForResourceHealthyAsync(resource.Name, cancellationToken);
        using var client = app.CreateHttpClient("api", "http");
        await UntilAsync(() => AreHealthyAsync(client, 2, cancellationToken), cancellationToken);

        foreach (var (command, healthy) in new[] { (KnownResourceCommands.StopCommand, 1), (KnownResourceCommands.StartCommand, 2) })
        {
            await CommandAsync(app, model, command, cancellationToken);
            // How long a process takes to start is the machine's matter; the registry is measured from where it could know.
            if (command == KnownResourceCommands.StartCommand) await app.ResourceNotifications.WaitForResourceHealthyAsync("sample-0", cancellationToken);
            var began = Stopwatch.GetTimestamp();
            await UntilAsync(() => AreHealthyAsync(client, healthy, cancellationToken), cancellationToken);
            output.WriteLine($"{store}, {command}: noticed after {Stopwatch.GetElapsedTime(began).TotalSeconds:0.0} s");
            Assert.InRange(Stopwatch.GetElapsedTime(began), TimeSpan.Zero, new HealthSettings().Interval / 2);
        }
    }

    private static async Task CommandAsync(DistributedApplication app, IDistributedApplicationBuilder model, string command, CancellationToken cancellationToken)
    {
        var done = await app.ResourceCommands.ExecuteCommandAsync(model.Find("sample-0"), command, cancellationToken);
        Assert.True(done.Success, done.Message);
    }

    private static async Task<bool> AreHealthyAsync(HttpClient client, int count, CancellationToken cancellationToken) =>
        (await InstancesAsync(client, cancellationToken)).Count(one => one.GetProperty("health").GetString() == "healthy") == count;

    /// <summary>Nothing from a package registry, nothing that another run may have left.</summary>
    private static async Task<IDistributedApplicationTestingBuilder> ModelOfThisMachineAsync(string store = "--store=embedded")
    {
        var model = await Model.ToRunAsync(store, "--DcpPublisher:WaitForResourceCleanup=false");
        foreach (var server in model.Resources.OfType<McpServerResource>().Where(one => one.Kind == "stdio").ToList())
        {
            foreach (var copy in server.Instances) model.Resources.Remove(copy);
            model.Resources.Remove(server);
        }
        var sample = Path.Combine("..", "samples", "McpRegistry.SampleServer", "bin", new DirectoryInfo(AppContext.BaseDirectory).Parent!.Name, "net10.0", "McpRegistry.SampleServer.dll");
        model.AddMcpServer("program", "dotnet", sample, "--stdio", "--name", "program");
        var database = Path.Combine(Directory.CreateTempSubdirectory("apphost-").FullName, "registry.db");
        model.CreateResourceBuilder((ProjectResource)model.Find("api")).WithEnvironment("McpRegistry__Storage__Path", database);
        // There is no dashboard to send telemetry to, and a process that stops would wait for it.
        foreach (var project in model.Resources.OfType<ProjectResource>()) model.CreateResourceBuilder(project).WithEnvironment("OTEL_EXPORTER_OTLP_ENDPOINT", "");
        return model;
    }

    private static InteractionInputCollection Inputs(params (string Name, string Value)[] values) =>
        new([.. values.Select(one => new InteractionInput { Name = one.Name, InputType = InputType.Text, Value = one.Value })]);

    private static async Task<string> CallAsync(HttpClient client, string service, string message, CancellationToken cancellationToken)
    {
        using var body = new StringContent(JsonSerializer.Serialize(new { message }), Encoding.UTF8, "application/json");
        using var response = await client.PostAsync(new Uri($"/api/services/{service}/tools/echo", UriKind.Relative), body, cancellationToken);
        var text = await response.Content.ReadAsStringAsync(cancellationToken);
        Assert.True(response.IsSuccessStatusCode, text);
        return text;
    }

    private static async Task<IReadOnlyList<JsonElement>> InstancesAsync(HttpClient client, CancellationToken cancellationToken) =>
        [.. (await client.GetFromJsonAsync<JsonElement>("/api/services/sample/instances", cancellationToken)).GetProperty("instances").EnumerateArray()];

    private static async Task UntilAsync(Func<Task<bool>> isSo, CancellationToken cancellationToken)
    {
        while (!await isSo()) await Task.Delay(TimeSpan.FromMilliseconds(100), TimeProvider.System, cancellationToken);
    }
}

/// <summary>Skipped where there is no <c>redis-server</c>; CI installs it.</summary>
internal sealed class RedisServerFactAttribute : FactAttribute
{
    public RedisServerFactAttribute() => Skip = RedisServer.IsOnPath() ? null : $"There is no {RedisServer.Command} on the path.";
}
