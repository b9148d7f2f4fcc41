using McpRegistry.Core.Upstream.Stdio;
using McpRegistry.Tests.Acceptance.Harness;

using Xunit.Abstractions;

namespace McpRegistry.Tests.Acceptance;

/// <summary>A stdio child that dies is back at once.</summary>
[Collection(AcceptanceRun.Collection)]
[Trait("Category", "Acceptance")]
public sealed class ChildRestartTests(ITestOutputHelper output)
{
    private static readonly TimeSpan BackWithin = TimeSpan.FromSeconds(1.5);
    private static readonly TimeSpan Steady = new StdioOptions().SteadyAfter + TimeSpan.FromSeconds(1);
    private static readonly TimeSpan Forgiven = new StdioOptions().ForgivenAfter + TimeSpan.FromSeconds(1);

    [LinuxFact]
    public async Task A_killed_child_is_usable_again_within_one_and_a_half_seconds()
    {
        await using var gateway = await GatewayProcess.StartAsync(new ServersFile().Sample("child"));
        await gateway.ListsToolsOfAsync("child");
        var times = new List<TimeSpan>();

        for (var round = 0; round < AcceptanceRun.Choose(1, 5); round++)
        {
            // A child that dies young, or one exit soon after another, may be a crash loop, which is slow on purpose.
            await Task.Delay(round == 0 ? Steady : Forgiven, TimeProvider.System);
            var pid = await gateway.Rest.PidAsync("child");
            Signal.Send("KILL", pid);
            times.Add(await Eventually.TrueAsync(
                async () => (await gateway.Rest.CallAsync("child", "echo", new { message = "back?" })).IsSuccess,
                TimeSpan.FromSeconds(20),
                "the child answers again"));
        }

        var figure = $"stdio child killed, usable again after {string.Join(", ", times.Select(time => FormattableString.Invariant($"{time.TotalMilliseconds:0} ms")))}";
        output.WriteLine(figure);
        AcceptanceRun.Report(figure);
        Assert.All(times, time => Assert.InRange(time, TimeSpan.Zero, BackWithin));
    }
}
