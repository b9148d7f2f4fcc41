using McpRegistry.AppHost.Stores;
using McpRegistry.AppHost.Tests.Running;

namespace McpRegistry.AppHost.Tests.Dashboard;

/// <summary>The first minutes of somebody who opens the dashboard, in a browser.</summary>
[Collection(RunningApplication.Name)]
public sealed class DashboardTests(RunningApplication running)
{
    [ChromiumFact]
    public async Task Every_row_runs_and_nothing_complains()
    {
        using var deadline = RunningApplication.Deadline();
        await using var browser = await Chromium.StartAsync(deadline.Token);
        var page = new DashboardPage(browser, await running.App.GetDashboardUrlAsync(deadline.Token));

        await page.OpenAsync(deadline.Token);

        foreach (var row in new[] { "api", "program", "program-0", "sample", "sample-0", "sample-1" }) await page.RowAsync(row, "Running", deadline.Token);
        if (RedisServer.IsOnPath()) foreach (var row in new[] { "redis", "redis-server", "health-worker" }) await page.RowAsync(row, "Running", deadline.Token);
        var text = await page.TextAsync(deadline.Token);
        foreach (var shown in new[] { "17 tools, 2 instances", "17 tools, 1 instance", "MCP, through the registry", "MCP, directly", "MCP, all servers", "Docs: try every call" })
            Assert.Contains(shown, text, StringComparison.Ordinal);
        foreach (var complaint in new[] { "certificate", "error", "Unhealthy", "Degraded" }) Assert.DoesNotContain(complaint, text, StringComparison.OrdinalIgnoreCase);
    }

    [ChromiumFact]
    public async Task Call_a_tool_opens_five_times_without_an_error_and_shows_what_the_tool_answered()
    {
        using var deadline = RunningApplication.Deadline();
        var cancellationToken = deadline.Token;
        await using var browser = await Chromium.StartAsync(cancellationToken);
        var page = new DashboardPage(browser, await running.App.GetDashboardUrlAsync(cancellationToken));
        await page.OpenAsync(cancellationToken);

        for (var time = 1; time <= 4; time++)
        {
            await page.PressAsync("sample", "Calls a tool", cancellationToken);
            Assert.True(await page.DialogAsync("Call a tool of sample", cancellationToken), $"The page broke, the {time}. time.");
            await page.PressInDialogAsync("Cancel", cancellationToken);
            await page.NoDialogAsync(cancellationToken);
        }

        await page.PressAsync("sample", "Calls a tool", cancellationToken);
        Assert.True(await page.DialogAsync("Call a tool of sample", cancellationToken));
        await page.ChooseAsync("echo", cancellationToken);
        await page.PressInDialogAsync("Next", cancellationToken);
        Assert.True(await page.DialogAsync("Returns the message.", cancellationToken));
        await page.TypeAsync("typed by hand", cancellationToken);
        await page.PressInDialogAsync("Call", cancellationToken);
        Assert.True(await page.DialogAsync("\"text\": \"typed by hand\"", cancellationToken));
        await page.PressInDialogAsync("Close", cancellationToken);
        await page.NoDialogAsync(cancellationToken);
    }

    [ChromiumFact]
    public async Task Every_page_opens_and_has_something_of_the_registry_on_it()
    {
        using var deadline = RunningApplication.Deadline();
        await using var browser = await Chromium.StartAsync(deadline.Token);
        var page = new DashboardPage(browser, await running.App.GetDashboardUrlAsync(deadline.Token));
        await page.OpenAsync(deadline.Token);
        await page.RowAsync("api", "Running", deadline.Token);
        await RunningApplication.EchoAsync(running.Client, "sample", "to be traced", deadline.Token);

        foreach (var (address, expected) in new[]
        {
            ("/?view=Graph", "sample-1"), ("/consolelogs/resource/api", "Service discovery"), ("/structuredlogs/resource/api", "Service discovery"),
            ("/traces", "POST /"), ("/metrics/resource/api?meter=McpRegistry", "mcpregistry."),
        })
        {
            await page.OpenAsync(address, deadline.Token);
            await page.TextAsync(expected, deadline.Token);
            Assert.DoesNotContain("unhandled error", await page.TextAsync(deadline.Token), StringComparison.OrdinalIgnoreCase);
        }
    }
}
