using System.Diagnostics;

using McpRegistry.Tests.Acceptance.Harness;
using McpRegistry.Tests.Samples;

using ModelContextProtocol.Client;

using Xunit.Abstractions;

namespace McpRegistry.Tests.Acceptance;

/// <summary>Lists come from the snapshot: one silent service of twenty changes nothing for who asks.</summary>
[Collection(AcceptanceRun.Collection)]
[Trait("Category", "Acceptance")]
public sealed class ListLatencyTests(ITestOutputHelper output)
{
    private const int Services = 20;
    private const int WarmUps = 100;
    private static readonly int Rounds = AcceptanceRun.Choose(50, 300);

    [LinuxFact]
    public async Task Tools_are_listed_as_fast_with_one_of_twenty_services_hanging()
    {
        await using var well = await SampleServerProcess.StartHttpAsync("--name", "well");
        await using var hanging = await SampleServerProcess.StartHttpAsync("--name", "hanging");
        var file = new ServersFile();
        for (var number = 1; number < Services; number++) file.Http($"well-{number}", well.Endpoint);
        file.Http("hanging", hanging.Endpoint);
        await using var gateway = await GatewayProcess.StartAsync(file);
        await gateway.ListsToolsOfAsync([.. Enumerable.Range(1, Services - 1).Select(number => $"well-{number}"), "hanging"]);

        var (all, before) = await MeasureAsync(gateway);
        hanging.Stop();
        var (whenHanging, during) = await MeasureAsync(gateway);
        await gateway.RestartAsync();
        await gateway.ListsToolsOfAsync([.. Enumerable.Range(1, Services - 1).Select(number => $"well-{number}")]);
        var (whenNeverThere, after) = await MeasureAsync(gateway);

        var figure = FormattableString.Invariant($"tools/list of {Services} services, p50 of {Rounds}: none hanging {before.TotalMilliseconds:0.00} ms, one hanging {during.TotalMilliseconds:0.00} ms, one hanging since the start {after.TotalMilliseconds:0.00} ms");
        output.WriteLine(figure);
        AcceptanceRun.Report(figure);
        Assert.Equal(all, whenHanging);
        // What was known of it at the last start is listed from the first second.
        Assert.Equal(all, whenNeverThere);
        Assert.InRange(during, TimeSpan.Zero, before * 2 + TimeSpan.FromMilliseconds(5));
        Assert.InRange(after, TimeSpan.Zero, before * 2 + TimeSpan.FromMilliseconds(5));
    }

    private static async Task<(string[] Names, TimeSpan Median)> MeasureAsync(GatewayProcess gateway)
    {
        await using var client = await SampleServerClient.ConnectAsync(gateway.Mcp, SampleServerClient.Modern, CancellationToken.None);
        var names = await NamesAsync(client);
        var times = new List<TimeSpan>();
        for (var warmUp = 0; warmUp < WarmUps; warmUp++) await client.ListToolsAsync();
        for (var round = 0; round < Rounds; round++)
        {
            var start = Stopwatch.GetTimestamp();
            await client.ListToolsAsync();
            times.Add(Stopwatch.GetElapsedTime(start));
        }
        return (names, times.Order().ElementAt(Rounds / 2));
    }

    private static async Task<string[]> NamesAsync(McpClient client) =>
        [.. (await client.ListToolsAsync()).Select(tool => tool.Name).Order(StringComparer.Ordinal)];
}
