using McpRegistry.Core.Upstream.Stdio;
using McpRegistry.Tests.Acceptance.Harness;
using McpRegistry.Tests.Samples;

using ModelContextProtocol;
using ModelContextProtocol.Client;

using Xunit.Abstractions;

namespace McpRegistry.Tests.StdioBridge;

/// <summary>A server that dies behind the bridge is back before most clients notice.</summary>
[Collection(AcceptanceRun.Collection)]
[Trait("Category", "Acceptance")]
public sealed class RestartTests(ITestOutputHelper output)
{
    private static readonly TimeSpan BackWithin = TimeSpan.FromSeconds(1.5);

    // A child that dies young may be a crash loop, which is slow on purpose.
    private static readonly TimeSpan Steady = new StdioOptions().SteadyAfter + TimeSpan.FromSeconds(1);

    [LinuxFact]
    public async Task A_killed_server_answers_the_same_clients_again_within_one_and_a_half_seconds()
    {
        await using var bridge = await BridgeProcess.StartReadyAsync([SampleServerProcess.Command, .. SampleServerProcess.StdioArguments()]);
        await using var legacy = await SampleServerClient.ConnectAsync(bridge.Mcp, SampleServerClient.Legacy, CancellationToken.None);
        await using var modern = await SampleServerClient.ConnectAsync(bridge.Mcp, SampleServerClient.Modern, CancellationToken.None);
        var pid = await PidAsync(legacy);
        await Task.Delay(Steady, TimeProvider.System);

        Signal.Send("KILL", pid);
        var back = await Eventually.TrueAsync(async () => await TryPidAsync(modern) is { } other && other != pid, TimeSpan.FromSeconds(20), "the server answers again");

        var figure = FormattableString.Invariant($"stdio server killed behind the bridge, usable again after {back.TotalMilliseconds:0} ms");
        output.WriteLine(figure);
        AcceptanceRun.Report(figure);
        Assert.InRange(back, TimeSpan.Zero, BackWithin);
        Assert.NotEqual(pid, await PidAsync(legacy));
        Assert.Equal(200, await bridge.StatusOfAsync("/health/ready"));
    }

    private static async Task<int?> TryPidAsync(McpClient client)
    {
        try { return await PidAsync(client); }
        catch (McpException) { return null; }
        catch (HttpRequestException) { return null; }
    }

    private static async Task<int> PidAsync(McpClient client) =>
        (await client.CallToolAsync("whoami")).StructuredContent!.Value.GetProperty("pid").GetInt32();
}
