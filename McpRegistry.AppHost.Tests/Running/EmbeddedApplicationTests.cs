using Xunit.Abstractions;

namespace McpRegistry.AppHost.Tests.Running;

/// <summary>Without Redis there is no worker, and the api watches health itself.</summary>
public sealed class EmbeddedApplicationTests(ITestOutputHelper output)
{
    [Fact]
    public async Task A_copy_that_is_stopped_or_started_is_noticed_long_before_the_next_probe()
    {
        using var deadline = RunningApplication.Deadline();
        await using var model = await RunningApplication.ModelAsync("embedded");
        await using var app = await model.BuildAsync(deadline.Token);
        await app.StartAsync(deadline.Token);
        foreach (var resource in model.Resources.OfType<ProjectResource>()) await app.ResourceNotifications.WaitForResourceHealthyAsync(resource.Name, deadline.Token);
        using var client = app.CreateHttpClient("api", "http");

        await Noticing.StopAndStartAsync(app, model.Find("sample-0"), client, output, deadline.Token);
    }
}
