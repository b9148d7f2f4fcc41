using System.Diagnostics;
using System.Globalization;
using System.Text;

using McpRegistry.Core.Catalog;
using McpRegistry.Tests.Acceptance.Harness;
using McpRegistry.Tests.Acceptance.UpstreamData;
using McpRegistry.Tests.Catalog.Definitions;

namespace McpRegistry.Tests.Acceptance;

/// <summary>
/// One service sends whatever comes to mind: after each of it the lists of the other services are complete, and what clients
/// are shown fits MCP's schema. A failure names the seed that repeats it.
/// </summary>
[Trait("Category", "Acceptance")]
public sealed class UpstreamDataTests
{
    private const int Lanes = 8;

    private static readonly int Inputs = AcceptanceRun.Choose(8_000, 1_000_000);

    private static readonly int Definitions = AcceptanceRun.Choose(3_000, 100_000);

    private static readonly string[] Sorts = ["tools", "prompts", "resources", "templates", "handshakes", "results", "messages", "documents"];

    [Fact]
    public async Task Whatever_one_service_sends_the_lists_of_the_others_are_complete_and_valid()
    {
        var watch = Stopwatch.StartNew();
        var tallies = new int[Sorts.Length];
        var listed = 0L;
        await Parallel.ForAsync(0, Lanes, async (lane, _) =>
        {
            var service = new OddService();
            var neighbours = new Neighbours();
            neighbours.Put(ServiceCatalog.Empty);
            for (var seed = lane; seed < Inputs; seed += Lanes)
            {
                try { await TakeAsync(seed, service, neighbours, tallies); }
                catch (Exception failure) { throw new InvalidOperationException($"Seed {seed}: {failure.Message}", failure); }
                Interlocked.Add(ref listed, neighbours.OfOdd.Tools.Length);
            }
            neighbours.AssertWell();
        });

        Assert.All(tallies, tally => Assert.True(tally > 0));
        Assert.True(listed > 0);
        AcceptanceRun.Report($"upstream data: {Inputs} inputs in {watch.Elapsed.TotalSeconds:0} s, {string.Join(", ", Sorts.Zip(tallies, (sort, tally) => $"{tally} {sort}"))}; the other services' lists complete and valid after each");
    }

    [NodeFact]
    public async Task Whatever_one_service_defines_the_TypeScript_SDK_takes_what_is_listed_of_it()
    {
        await Npm.EnsureInstalledAsync();
        var lines = new StringBuilder();
        var sent = 0;
        for (var seed = 0; seed < Definitions; seed++)
        {
            var json = new OddJson(new Random(seed));
            var kind = json.Pick(CatalogKind.Tool, CatalogKind.Tool, CatalogKind.Tool, CatalogKind.Prompt, CatalogKind.Resource, CatalogKind.ResourceTemplate);
            if (OddDefinitions.Read(kind, new OddUpstream(json).Item(kind)).Entry is not { } entry) continue;
            sent++;
            // What was put right once stays so; a warning of what is listed as it came may stay as well.
            var again = OddDefinitions.Read(kind, entry.Definition.GetRawText());
            var onceMore = OddDefinitions.Read(kind, again.Entry!.Definition.GetRawText());
            Assert.Equal(entry.Definition.GetRawText(), again.Entry.Definition.GetRawText());
            Assert.Equal(again.Problem?.Reason, onceMore.Problem?.Reason);
            lines.Append(CultureInfo.InvariantCulture, $$"""{"kind":"{{kind}}","item":""").Append((entry.LegacyDefinition ?? entry.Definition).GetRawText().ReplaceLineEndings("")).Append("}\n");
        }

        var output = await RunningProcess.RunAsync(Npm.Node, [Path.Combine(Npm.Folder, "clients", "check.mjs")], lines.ToString(), within: TimeSpan.FromMinutes(10));

        Assert.Equal(sent.ToString(CultureInfo.InvariantCulture), output.Trim());
        AcceptanceRun.Report($"upstream definitions: {sent} of {Definitions} listed, all taken by the TypeScript SDK's schemas and its output schema compiler");
    }

    private static async Task TakeAsync(int seed, OddService service, Neighbours neighbours, int[] tallies)
    {
        var json = new OddJson(new Random(seed));
        var upstream = new OddUpstream(json);
        var sort = json.Pick(0, 0, 0, 0, 1, 2, 3, 4, 5, 6, 7);
        Interlocked.Increment(ref tallies[sort]);
        switch (sort)
        {
            case < 4:
                await ReadAsync(seed / Lanes, (CatalogKind)sort, json.Bytes(upstream.Page((CatalogKind)sort)), service, neighbours);
                break;
            case 4:
                if (OddService.Shake(json.Bytes(upstream.Handshake()), json.Bytes(upstream.Error())) is { } connection)
                {
                    _ = connection.Has("prompts");
                    neighbours.Put(neighbours.OfOdd with { Instructions = connection.Instructions, HasLogging = connection.Has("logging") });
                }
                neighbours.AssertIntroduced();
                if (seed / Lanes % 8 == 0) neighbours.AssertWell();
                break;
            case 5:
                OddService.Pass(json.Bytes(upstream.Result()), json.Bytes(upstream.Error()));
                break;
            case 6:
                await OddService.HearAsync(json.Bytes(upstream.Message()));
                break;
            default:
                if (OddService.ToolsOf(json.Bytes(upstream.Document())) is { } page) await ReadAsync(seed / Lanes, CatalogKind.Tool, page, service, neighbours);
                break;
        }
    }

    private static async Task ReadAsync(int turn, CatalogKind kind, byte[] page, OddService service, Neighbours neighbours)
    {
        if (await service.ReadAsync(page, kind, neighbours.OfOdd) is { } catalog) neighbours.Put(catalog);
        neighbours.AssertWell(kind, turn);
    }
}
