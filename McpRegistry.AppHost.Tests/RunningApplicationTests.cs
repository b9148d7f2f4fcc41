using System.Net.Http.Json;
using System.Text;
using System.Text.Json;

using McpRegistry.AppHost.McpServers;

using Microsoft.Extensions.DependencyInjection;

namespace McpRegistry.AppHost.Tests;

/// <summary>The application itself: orchestrator, api, a bridge with its program, two copies of a project.</summary>
public sealed class RunningApplicationTests
{
    private static readonly TimeSpan Patience = TimeSpan.FromMinutes(3);

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
        await UntilAsync(async () => (await InstancesAsync(client, cancellationToken)).Count(one => one.GetProperty("health").GetString() == "healthy") == 2, cancellationToken);
        for (var call = 0; call < 6; call++) Assert.Contains("from a project", await CallAsync(client, "sample", "from a project", cancellationToken), StringComparison.Ordinal);

        var stopped = await app.ResourceCommands.ExecuteCommandAsync(model.Find("sample-0"), KnownResourceCommands.StopCommand, cancellationToken);
        Assert.True(stopped.Success, stopped.Message);
        await app.ResourceNotifications.WaitForResourceAsync("sample-0", KnownResourceStates.TerminalStates, cancellationToken);
        for (var call = 0; call < 6; call++) Assert.Contains("still here", await CallAsync(client, "sample", "still here", cancellationToken), StringComparison.Ordinal);
    }

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

    /// <summary>Nothing from a package registry, nothing that another run may have left.</summary>
    private static async Task<IDistributedApplicationTestingBuilder> ModelOfThisMachineAsync()
    {
        var model = await Model.ToRunAsync("--DcpPublisher:WaitForResourceCleanup=false");
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
