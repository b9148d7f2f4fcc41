extern alias sample;

using System.Text.Json;

using Microsoft.Extensions.DependencyInjection;

namespace McpRegistry.AppHost.Tests.Integration;

/// <summary>The sample: an application as somebody has it, and the three lines that put a registry between its agent and its server.</summary>
public sealed class AspireAppTests
{
    private static readonly TimeSpan Patience = TimeSpan.FromMinutes(3);

    [Fact]
    public async Task An_agent_of_somebody_elses_application_calls_a_tool_through_the_registry()
    {
        using var deadline = new CancellationTokenSource(Patience);
        var cancellationToken = deadline.Token;
        await using var model = await DistributedApplicationTestingBuilder.CreateAsync<sample::Projects.AspireApp_AppHost>(["--DcpPublisher:WaitForResourceCleanup=false"], cancellationToken);
        // There is no dashboard to send telemetry to, and a process that stops would wait for it.
        foreach (var project in model.Resources.OfType<ProjectResource>()) model.CreateResourceBuilder(project).WithEnvironment("OTEL_EXPORTER_OTLP_ENDPOINT", "");
        await using var app = await model.BuildAsync(cancellationToken);
        await app.StartAsync(cancellationToken);
        foreach (var name in new[] { "mcp", "weather", "agent" }) await app.ResourceNotifications.WaitForResourceHealthyAsync(name, cancellationToken);
        using var registry = app.CreateHttpClient("mcp", "http");
        using var agent = app.CreateHttpClient("agent", "http");

        await UntilReadyAsync(registry, cancellationToken);

        Assert.Equal("It will be sunny in Oslo.", await agent.GetStringAsync(new Uri("/forecast/Oslo", UriKind.Relative), cancellationToken));
        var called = await app.ResourceCommands.ExecuteCommandAsync(
            model.Find("weather"), "call-tool", new InteractionInputCollection(
            [
                new InteractionInput { Name = "tool", InputType = InputType.Text, Value = "forecast" },
                new InteractionInput { Name = "arguments", InputType = InputType.Text, Value = """{"city":"Bergen"}""" },
            ]), cancellationToken);
        Assert.True(called.Success, called.Message);
        Assert.Contains("sunny in Bergen", called.Data!.Value, StringComparison.Ordinal);
        // One row for the server: its own.
        Assert.Equal(["agent", "mcp", "weather"], app.Services.GetRequiredService<DistributedApplicationModel>().Resources
            .Where(one => one is ProjectResource or McpServerResource || one.GetType().Name.StartsWith("Registered", StringComparison.Ordinal)).Select(one => one.Name).Order());
    }

    private static async Task UntilReadyAsync(HttpClient registry, CancellationToken cancellationToken)
    {
        while (true)
        {
            var service = JsonElement.Parse(await registry.GetStringAsync(new Uri("/api/services/weather", UriKind.Relative), cancellationToken));
            if (service.GetProperty("state").GetString() == "ready") return;
            await Task.Delay(TimeSpan.FromMilliseconds(100), TimeProvider.System, cancellationToken);
        }
    }
}
