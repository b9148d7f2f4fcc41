using System.Diagnostics;

using McpRegistry.Core.Registration;

using Xunit.Abstractions;

namespace McpRegistry.AppHost.Tests.Running;

/// <summary>How soon the registry knows that a copy of <c>sample</c> was stopped and started.</summary>
internal static class Noticing
{
    // No call is made meanwhile: what calls find out by themselves is another matter.
    public static async Task StopAndStartAsync(DistributedApplication app, IResource copy, HttpClient client, ITestOutputHelper output, CancellationToken cancellationToken)
    {
        await RunningApplication.UntilAsync(() => AreHealthyAsync(client, 2, cancellationToken), cancellationToken);
        foreach (var (command, healthy) in new[] { (KnownResourceCommands.StopCommand, 1), (KnownResourceCommands.StartCommand, 2) })
        {
            var done = await app.ResourceCommands.ExecuteCommandAsync(copy, command, cancellationToken);
            Assert.True(done.Success, done.Message);
            // How long a process takes to start is the machine's matter; the registry is measured from where it could know.
            if (command == KnownResourceCommands.StartCommand) await app.ResourceNotifications.WaitForResourceHealthyAsync(copy.Name, cancellationToken);
            var began = Stopwatch.GetTimestamp();
            await RunningApplication.UntilAsync(() => AreHealthyAsync(client, healthy, cancellationToken), cancellationToken);
            output.WriteLine($"{command}: noticed after {Stopwatch.GetElapsedTime(began).TotalSeconds:0.0} s");
            Assert.InRange(Stopwatch.GetElapsedTime(began), TimeSpan.Zero, new HealthSettings().Interval / 2);
        }
    }

    private static async Task<bool> AreHealthyAsync(HttpClient client, int count, CancellationToken cancellationToken) =>
        (await RunningApplication.InstancesAsync(client, cancellationToken)).Count(one => one.GetProperty("health").GetString() == "healthy") == count;
}
