using McpRegistry.Tests.Acceptance.Harness;
using McpRegistry.Tests.Samples;

using ModelContextProtocol.Client;

namespace McpRegistry.Tests.StdioBridge;

/// <summary>Through the bridge a client sees what it sees of the server itself.</summary>
[Collection(AcceptanceRun.Processes)]
[Trait("Category", "Acceptance")]
public sealed class TransparencyTests : IDisposable
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(120);
    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [NodeTheory]
    [InlineData("sample", SampleServerClient.Legacy)]
    [InlineData("sample", SampleServerClient.Modern)]
    [InlineData("everything", SampleServerClient.Legacy)]
    [InlineData("everything", SampleServerClient.Modern)]
    [InlineData("filesystem", SampleServerClient.Legacy)]
    [InlineData("filesystem", SampleServerClient.Modern)]
    public async Task Everything_listed_and_called_equals_the_server_itself(string name, string version)
    {
        await Npm.EnsureInstalledAsync();
        var server = ServerUnderTest.Of(name, _folder);
        using var deadline = new CancellationTokenSource(Patience, TimeProvider.System);

        var expected = await DirectAsync(server, deadline.Token);
        await using var bridge = await BridgeProcess.StartReadyAsync(
            [server.Command, .. server.CommandArguments],
            new()
            {
                ["McpRegistry__Bridge__Env__" + ServerUnderTest.Declared.Key] = ServerUnderTest.Declared.Value,
                // On a busy machine a server of today may think for longer than the two seconds that tell it from an old one.
                ["McpRegistry__Stdio__DiscoverTimeout"] = "00:00:20",
            });
        await using var client = await SampleServerClient.ConnectAsync(bridge.Mcp, version, deadline.Token);
        var seen = await ServerView.OfAsync(client, server);

        Assert.Equal(version, client.NegotiatedProtocolVersion);
        Assert.Equal(expected.Keys, seen.Keys);
        Assert.All(expected.Keys, what => Assert.Equal(expected[what], seen[what]));
        Assert.Equal(server.Calls.Keys.Order(StringComparer.Ordinal), CalledTools(seen));
        AcceptanceRun.Report($"bridge in front of {name}, MCP {version}: {seen.Count} lists, calls and reads equal the server's own");
    }

    // In the newest era the server knows, as the bridge speaks to it, whatever the client in front of the bridge speaks.
    private static async Task<SortedDictionary<string, string>> DirectAsync(ServerUnderTest server, CancellationToken cancellationToken)
    {
        var environment = StdioClientTransportOptions.GetDefaultEnvironmentVariables();
        environment[ServerUnderTest.Declared.Key] = ServerUnderTest.Declared.Value;
        var transport = new StdioClientTransport(new()
        {
            Command = server.Command,
            Arguments = server.CommandArguments,
            InheritEnvironmentVariables = false,
            EnvironmentVariables = environment,
        });
        var isFromNpm = server.Command == Npm.Node;
        await using var client = await SampleServerClient.ConnectAsync(transport, isFromNpm ? SampleServerClient.Legacy : SampleServerClient.Modern, cancellationToken);
        return await ServerView.OfAsync(client, server);
    }

    private static IEnumerable<string> CalledTools(SortedDictionary<string, string> seen) =>
        seen.Keys.Where(what => what.StartsWith("call ", StringComparison.Ordinal)).Select(what => what.Split(' ')[1]).Distinct().Order(StringComparer.Ordinal);
}
