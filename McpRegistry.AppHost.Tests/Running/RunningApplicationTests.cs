using System.Diagnostics;
using System.Globalization;
using System.Net.Http.Json;

using McpRegistry.Core.Modeling;

using Microsoft.Extensions.Diagnostics.HealthChecks;

using Xunit.Abstractions;

namespace McpRegistry.AppHost.Tests.Running;

/// <summary>The application itself, as it stands on a developer's machine.</summary>
[Collection(RunningApplication.Name)]
public sealed class RunningApplicationTests(RunningApplication running, ITestOutputHelper output)
{
    // A refusal costs milliseconds; a call that is kept by something would take seconds.
    private static readonly TimeSpan Hardly = TimeSpan.FromSeconds(2);

    [Fact]
    public async Task Tools_of_programs_and_projects_are_called_through_the_api()
    {
        using var deadline = RunningApplication.Deadline();

        foreach (var service in new[] { "program", "sample" })
            Assert.Contains($"for {service}", await RunningApplication.EchoAsync(running.Client, service, $"for {service}", deadline.Token), StringComparison.Ordinal);
    }

    [Fact]
    public async Task One_copy_less_is_no_loss()
    {
        using var deadline = RunningApplication.Deadline();
        var cancellationToken = deadline.Token;
        await running.HealthyAsync("sample", cancellationToken);

        Assert.True((await running.ExecuteAsync("sample-0", KnownResourceCommands.StopCommand, cancellationToken)).Success);
        await running.RowAsync("sample-0", row => KnownResourceStates.TerminalStates.Contains(row.State?.Text), cancellationToken);
        for (var call = 0; call < 6; call++)
        {
            var began = Stopwatch.GetTimestamp();
            Assert.Contains("still here", await RunningApplication.EchoAsync(running.Client, "sample", "still here", cancellationToken), StringComparison.Ordinal);
            output.WriteLine($"call {call + 1} after the stop: {Stopwatch.GetElapsedTime(began).TotalMilliseconds:0} ms");
            Assert.InRange(Stopwatch.GetElapsedTime(began), TimeSpan.Zero, Hardly);
        }
        await running.RowAsync("sample", row => RunningApplication.SourceOf(row) == "17 tools, 1 of 2 instances" && row.HealthStatus == HealthStatus.Degraded, cancellationToken);

        Assert.True((await running.ExecuteAsync("sample-0", KnownResourceCommands.StartCommand, cancellationToken)).Success);
        await running.HealthyAsync("sample-0", cancellationToken);
        await running.HealthyAsync("sample", cancellationToken);
        await running.RowAsync("sample", row => RunningApplication.SourceOf(row) == "17 tools, 2 instances", cancellationToken);
    }

    [RedisServerFact]
    public async Task With_a_worker_a_copy_that_is_stopped_or_started_is_noticed_long_before_the_next_probe()
    {
        using var deadline = RunningApplication.Deadline();
        await running.HealthyAsync("sample", deadline.Token);

        // Not the copy that another test stops: what comes and goes too often is held down for a minute.
        await Noticing.StopAndStartAsync(running.App, running.Model.Find("sample-1"), running.Client, output, deadline.Token);

        await running.HealthyAsync("sample", deadline.Token);
    }

    [Fact]
    public async Task Every_command_of_the_api_of_servers_and_of_copies_does_what_it_says()
    {
        using var deadline = RunningApplication.Deadline();
        var cancellationToken = deadline.Token;
        // A person is asked which tool; the tests of the dashboard do that.
        var executed = new SortedSet<string>(StringComparer.Ordinal) { "call-a-tool" };

        foreach (var client in ClientConfiguration.All)
        {
            var shown = await ExecuteAsync("api", "client-configuration", ("client", client.Id));
            Assert.Contains("/mcp", shown.Data!.Value, StringComparison.Ordinal);
        }
        Assert.Contains("by hand", (await ExecuteAsync("sample", "call-tool", ("tool", "echo"), ("arguments", """{"message":"by hand"}"""))).Data!.Value, StringComparison.Ordinal);
        var unknown = await running.ExecuteAsync("sample", "call-tool", cancellationToken, ("tool", "no_such_tool"));
        Assert.False(unknown.Success);
        Assert.Contains("It has: add, ", unknown.Message, StringComparison.Ordinal);
        Assert.False((await running.ExecuteAsync("sample", "call-tool", cancellationToken, ("tool", "fail"))).Success);
        var verdicts = (await ExecuteAsync("sample", "check-health")).Data!.Value;
        Assert.Equal(2, verdicts.Split("is **healthy**").Length - 1);
        await ExecuteAsync("program", "refresh-tools");

        await ExecuteAsync("sample-0", "drain");
        Assert.Single(await RunningApplication.InstancesAsync(running.Client, cancellationToken), one => one.GetProperty("draining").GetBoolean());
        await running.RowAsync("sample-0", row => StateOf(row, "undrain") == ResourceCommandState.Enabled && StateOf(row, "drain") == ResourceCommandState.Hidden, cancellationToken);
        await ExecuteAsync("sample-0", "undrain");
        Assert.DoesNotContain(await RunningApplication.InstancesAsync(running.Client, cancellationToken), one => one.GetProperty("draining").GetBoolean());
        await ExecuteAsync("program-0", KnownResourceCommands.RestartCommand);
        await running.HealthyAsync("program-0", cancellationToken);
        await running.HealthyAsync("program", cancellationToken);

        // Start and Stop are those of every process; another test presses them.
        var own = running.Model.Resources.Where(one => one.Name is "api" or "sample" or "program" or "sample-0" or "program-0")
            .SelectMany(one => one.Annotations.OfType<ResourceCommandAnnotation>()).Select(one => one.Name)
            .Except([KnownResourceCommands.StartCommand, KnownResourceCommands.StopCommand, "rebuild"]).Distinct().Order(StringComparer.Ordinal);
        Assert.Equal(executed, own);

        async Task<ExecuteCommandResult> ExecuteAsync(string resource, string command, params (string Name, string Value)[] arguments)
        {
            var done = await running.ExecuteAsync(resource, command, cancellationToken, arguments);
            Assert.True(done.Success, $"{resource} {command}: {done.Message} {done.Data?.Value}");
            executed.Add(command);
            return done;
        }
    }

    [Fact]
    public async Task What_is_registered_over_REST_is_a_row_whose_tools_are_called_and_goes_when_it_is_removed()
    {
        using var deadline = RunningApplication.Deadline();
        var cancellationToken = deadline.Token;

        using var registered = await running.Client.PostAsJsonAsync("/api/services", new { name = "late", base_url = new Uri(running.App.GetEndpoint("sample-1", "http"), "/mcp") }, cancellationToken);
        registered.EnsureSuccessStatusCode();
        await running.RowAsync("late", row => !row.IsHidden && row.HealthStatus == HealthStatus.Healthy, cancellationToken);
        var called = await running.ExecuteAsync("late", "call-tool", cancellationToken, ("tool", "echo"), ("arguments", """{"message":"of a row"}"""));
        Assert.True(called.Success, called.Message);
        Assert.Contains("of a row", called.Data!.Value, StringComparison.Ordinal);

        using var removed = await running.Client.DeleteAsync("/api/services/late", cancellationToken);
        await running.RowAsync("late", row => row.IsHidden, cancellationToken);
        Assert.DoesNotContain(running.Model.Resources, one => one.Name == "late");
    }

    [Fact]
    public async Task A_killed_api_comes_back_and_its_rows_with_it()
    {
        using var deadline = RunningApplication.Deadline();
        var cancellationToken = deadline.Token;
        await running.HealthyAsync("sample", cancellationToken);
        var before = await ProcessAsync("api", cancellationToken);
        var ended = running.RowAsync("api", row => row.ExitCode is not (null or 0), cancellationToken);
        var lost = running.RowAsync("sample", row => row.State?.Text == KnownResourceStates.Starting, cancellationToken);

        using (var process = Process.GetProcessById(before)) process.Kill();

        await ended;
        await lost;
        await running.HealthyAsync("api", cancellationToken);
        foreach (var service in new[] { "program", "sample" })
        {
            await running.HealthyAsync(service, cancellationToken);
            Assert.Contains("again", await RunningApplication.EchoAsync(running.Client, service, "again", cancellationToken), StringComparison.Ordinal);
        }
        Assert.NotEqual(before, await ProcessAsync("api", cancellationToken));
    }

    private static ResourceCommandState? StateOf(CustomResourceSnapshot row, string command) => row.Commands.FirstOrDefault(one => one.Name == command)?.State;

    // The row knows `dotnet run`; the process itself is its child.
    private async Task<int> ProcessAsync(string resource, CancellationToken cancellationToken)
    {
        var row = await running.Rows.WaitForResourceAsync(resource, one => one.Snapshot.State?.Text == KnownResourceStates.Running, cancellationToken);
        var launcher = Convert.ToInt32(row.Snapshot.Properties.Single(one => one.Name == "executable.pid").Value, CultureInfo.InvariantCulture);
        return ProcessFamily.ChildOf(launcher);
    }
}
