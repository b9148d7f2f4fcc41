using ModelContextProtocol.Client;
using ModelContextProtocol.Protocol;

namespace McpRegistry.Tests.Samples;

public sealed class SampleServerToolTests
{
    private static readonly string[] UnhintedTools = ["add_row", "delay_unsafe"];

    private static CancellationToken Deadline => new CancellationTokenSource(TimeSpan.FromSeconds(60), TimeProvider.System).Token;

    public static TheoryData<string, string> EveryWayIn => new()
    {
        { "http", SampleServerClient.Legacy },
        { "http", SampleServerClient.Modern },
        { "stdio", SampleServerClient.Legacy },
        { "stdio", SampleServerClient.Modern },
    };

    [Theory]
    [MemberData(nameof(EveryWayIn))]
    public async Task A_client_of_either_era_lists_calls_and_is_recorded(string transport, string version)
    {
        using var ledger = new SampleLedger();
        string[] options = ["--name", "one", "--ledger", ledger.FilePath];
        await using var server = transport == "http" ? await SampleServerProcess.StartHttpAsync(options) : null;
        await using var client = server is not null
            ? await SampleServerClient.ConnectAsync(server.Endpoint, version, Deadline)
            : await SampleServerClient.ConnectAsync(SampleServerProcess.StdioArguments(options), version, Deadline);

        Assert.Equal(version, client.NegotiatedProtocolVersion);
        var tools = await client.ListToolsAsync(cancellationToken: Deadline);
        Assert.True(tools.Single(tool => tool.Name == "echo").ProtocolTool.Annotations!.ReadOnlyHint);
        Assert.True(tools.Single(tool => tool.Name == "set_value").ProtocolTool.Annotations!.IdempotentHint);
        Assert.All(
            UnhintedTools,
            name => Assert.Null(tools.Single(tool => tool.Name == name).ProtocolTool.Annotations?.ReadOnlyHint));

        var echo = await CallAsync(client, "echo", new() { ["message"] = "ünïcode", ["call_id"] = "c1" });
        Assert.Equal("ünïcode", TextOf(echo));
        Assert.Equal("one", echo.StructuredContent!.Value.GetProperty("instance").GetString());
        Assert.Equal(5, (await CallAsync(client, "add", new() { ["a"] = 2, ["b"] = 3 })).StructuredContent!.Value.GetProperty("result").GetDouble());
        var era = (await CallAsync(client, "whoami", [])).StructuredContent!.Value.GetProperty("era").GetString();
        Assert.Equal(version == SampleServerClient.Modern ? "modern" : "legacy", era);

        var line = Assert.Single(ledger.Executions("echo"));
        Assert.Equal(("c1", "one"), (line.CallId, line.Instance));
        Assert.Contains(ledger.Lines(), entry => entry.Event == "start");
    }

    private static ValueTask<CallToolResult> CallAsync(McpClient client, string tool, Dictionary<string, object?> arguments) =>
        client.CallToolAsync(tool, arguments, cancellationToken: Deadline);

    private static string TextOf(CallToolResult result) => ((TextContentBlock)result.Content[0]).Text;
}
