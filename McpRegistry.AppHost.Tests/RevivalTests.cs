using McpRegistry.Hosting.Registry;

using Microsoft.Extensions.Diagnostics.HealthChecks;

namespace McpRegistry.AppHost.Tests;

/// <summary>Which ends of a process are followed by a start.</summary>
public sealed class RevivalTests
{
    private readonly Revival _revival = new();

    [Fact]
    public void What_was_healthy_and_is_killed_is_started_again_each_time_it_was_healthy()
    {
        for (var time = 0; time < 2; time++)
        {
            Assert.False(Next(KnownResourceStates.Starting));
            Assert.False(Next(KnownResourceStates.Running, HealthStatus.Unhealthy));
            Assert.False(Next(KnownResourceStates.Running, HealthStatus.Healthy));
            Assert.False(Next(KnownResourceStates.Running, HealthStatus.Unhealthy));
            Assert.True(Next(KnownResourceStates.Finished, exitCode: 137));
            Assert.False(Next(KnownResourceStates.Finished, exitCode: 137));
        }
    }

    [Fact]
    public void What_ends_before_it_was_healthy_would_only_end_again()
    {
        Next(KnownResourceStates.Running, HealthStatus.Unhealthy);

        Assert.False(Next(KnownResourceStates.Finished, exitCode: 134));
    }

    [Fact]
    public void What_somebody_stopped_stays_stopped_however_it_ends()
    {
        Next(KnownResourceStates.Running, HealthStatus.Healthy);
        Assert.False(Next(KnownResourceStates.Finished, exitCode: 0));

        Next(KnownResourceStates.Running, HealthStatus.Healthy);
        Next(KnownResourceStates.Stopping);
        Assert.False(Next(KnownResourceStates.Exited, exitCode: 137));
    }

    private bool Next(string state, HealthStatus? health = null, int? exitCode = null)
    {
        var row = new CustomResourceSnapshot { ResourceType = "Project", Properties = [], State = state, ExitCode = exitCode };
        return _revival.Observe(health is null ? row : row.WithHealthReports([new HealthReportSnapshot("one", health, null, null)]));
    }
}
