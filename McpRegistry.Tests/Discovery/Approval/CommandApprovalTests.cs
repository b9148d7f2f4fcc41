using System.Text.RegularExpressions;

using McpRegistry.Core.State;
using McpRegistry.Tests.Api.Harness;
using McpRegistry.Tests.Storage;

namespace McpRegistry.Tests.Discovery.Approval;

/// <summary>With <c>Watch=approve</c> whoever writes to the file starts nothing by that.</summary>
public sealed partial class CommandApprovalTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Upstream.Stdio.LinuxFact]
    public async Task New_and_changed_commands_wait_for_exactly_the_approval_they_need()
    {
        Write(Entry("old", "old"));
        await using (var gateway = await StartAsync())
        {
            // What is there at the first start is what the operator meant.
            await RanAsync(gateway, "old");

            Write(Entry("old", "changed"), Entry("fresh", "fresh"), "\"web\":{\"url\":\"http://127.0.0.1:1/mcp\"}");
            await WholeGateway.UntilAsync(() => gateway.State.Current.Services.Count == 3, () => "the file is applied");
            var fresh = gateway.State.Current.Services["fresh"];
            Assert.Equal((ServiceCondition.AwaitingApproval, 0), (fresh.Condition, fresh.Instances.Length));
            var (_, shown) = await gateway.SendAsync(HttpMethod.Get, "/api/services/fresh");
            Assert.Contains("\"state\":\"awaiting_approval\"", shown, StringComparison.Ordinal);
            Assert.Contains("approve/fresh", shown, StringComparison.Ordinal);
            // Of the changed one what was approved goes on.
            var old = gateway.State.Current.Services["old"].Registration;
            Assert.Contains("changed'", old.Hold!.Reason, StringComparison.Ordinal);
            Assert.DoesNotContain(old.Config.Args, argument => argument.Contains("changed", StringComparison.Ordinal));

            // Neither a made-up mark nor the mark of something that has changed since approves anything.
            Assert.Equal(409, await ApproveAsync(gateway, "fresh", "0f343b0931126a20f133d67c2b018a3b"));
            Assert.Equal(404, await ApproveAsync(gateway, "web", "0f343b0931126a20f133d67c2b018a3b"));
            Assert.Equal(404, await ApproveAsync(gateway, "nobody", "0f343b0931126a20f133d67c2b018a3b"));
            var seen = MarkOf(gateway, "fresh");
            Write(Entry("old", "changed"), Entry("fresh", "swapped"));
            Assert.Equal(409, await ApproveAsync(gateway, "fresh", seen));
            await WholeGateway.UntilAsync(() => MarkOf(gateway, "fresh") != seen, () => "the file is applied");
            foreach (var never in (string[])["fresh", "swapped", "changed"]) Assert.False(File.Exists(_folder.File(never)), never);

            Assert.Equal(204, await ApproveAsync(gateway, "fresh", MarkOf(gateway, "fresh")));
            await RanAsync(gateway, "swapped");
            Assert.NotEqual(ServiceCondition.AwaitingApproval, gateway.State.Current.Services["fresh"].Condition);
            Assert.False(File.Exists(_folder.File("changed")));
        }

        // A restart approves nothing; of what was approved it starts all.
        File.Delete(_folder.File("swapped"));
        await using var again = await StartAsync();
        await RanAsync(again, "swapped");
        Assert.Equal(ServiceCondition.AwaitingApproval, again.State.Current.Services["old"].Condition);
        Assert.Equal(204, await ApproveAsync(again, "old", MarkOf(again, "old")));
        await RanAsync(again, "changed");
    }

    [Upstream.Stdio.LinuxFact]
    public async Task A_list_of_approvals_that_was_broken_approves_nothing()
    {
        Write(Entry("old", "old"));
        await File.WriteAllTextAsync(_folder.File("approved-commands.json"), "{ oops");

        await using var gateway = await StartAsync();

        Assert.Equal(ServiceCondition.AwaitingApproval, gateway.State.Current.Services["old"].Condition);
        Assert.False(File.Exists(_folder.File("old")));
    }

    private Task<WholeGateway> StartAsync() => WholeGateway.StartAsync(
        new()
        {
            ["McpRegistry:Discovery:Watch"] = "approve",
            ["McpRegistry:Discovery:Debounce"] = "00:00:00.02",
            ["McpRegistry:Discovery:PollInterval"] = "00:00:00.2",
        },
        folder: _folder);

    // Each command leaves a file of its own.
    private string Entry(string name, string leaves) => $$"""
        "{{name}}":{"command":"sh","args":["-c","touch '{{_folder.File(leaves)}}'; exec sleep 600"] }
        """;

    private void Write(params string[] entries)
    {
        File.WriteAllText(_folder.File("draft"), "{\"mcpServers\":{" + string.Join(",", entries) + "}}");
        File.Move(_folder.File("draft"), _folder.File("mcp-servers.json"), overwrite: true);
    }

    private Task RanAsync(WholeGateway gateway, string left) =>
        WholeGateway.UntilAsync(() => File.Exists(_folder.File(left)), () => $"{left}: {string.Join("; ", gateway.State.Current.Services.Values.Select(one => $"{one.Name} {one.Condition} {one.Reason}"))}");

    private static async Task<int> ApproveAsync(WholeGateway gateway, string name, string mark) =>
        (await gateway.SendAsync(HttpMethod.Post, $"/api/discovery/approve/{name}", $$"""{"mark":"{{mark}}"}""")).Status;

    private static string MarkOf(WholeGateway gateway, string name) => Mark().Match(gateway.State.Current.Services[name].Registration.Hold?.Reason ?? "").Groups[1].Value;

    [GeneratedRegex("\"mark\":\"([0-9a-f]+)\"")]
    private static partial Regex Mark();
}
