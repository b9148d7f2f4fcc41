using System.Collections.Concurrent;

using ModelContextProtocol;
using ModelContextProtocol.Client;
using ModelContextProtocol.Protocol;

namespace McpRegistry.Tests.Mcp;

public sealed class SdkClientTests : IAsyncLifetime
{
    private McpTestHost _host = null!;

    public async Task InitializeAsync()
    {
        _host = await McpTestHost.StartAsync(options => options.ProgressInterval = TimeSpan.Zero);
        _host.State.Put(FakeServices.Service("files", FakeServices.Catalog("files", "read", "größer") with
        {
            Prompts = [FakeServices.Prompt("files", "sum")],
            Resources = [FakeServices.Resource("files", "docs://a")],
        }));
    }

    public async Task DisposeAsync() => await _host.DisposeAsync();

    [Theory]
    [InlineData(null, "2026-07-28")]
    [InlineData("2025-11-25", "2025-11-25")]
    [InlineData("2025-06-18", "2025-06-18")]
    [InlineData("2025-03-26", "2025-03-26")]
    public async Task The_sdk_client_works_in_every_revision(string? asked, string spoken)
    {
        await using var client = await ConnectAsync("/mcp", asked);
        Assert.Equal(spoken, client.NegotiatedProtocolVersion);
        Assert.Equal(["files__größer", "files__read"], (await client.ListToolsAsync()).Select(one => one.Name).Where(one => one.Contains("__", StringComparison.Ordinal)));
        Assert.Single(await client.ListPromptsAsync());
        Assert.Single(await client.ListResourcesAsync());
        Assert.Empty(await client.ListResourceTemplatesAsync());

        var result = await client.CallToolAsync("files__read", new Dictionary<string, object?> { ["path"] = "a" });
        Assert.Equal("done", ((TextContentBlock)result.Content[0]).Text);
        Assert.Contains("\"path\":\"a\"", _host.Dispatcher.Calls.Last().Params, StringComparison.Ordinal);
        await Assert.ThrowsAsync<McpProtocolException>(async () => await client.CallToolAsync("nothing"));
    }

    [Theory]
    [InlineData(null)]
    [InlineData("2025-11-25")]
    public async Task The_sdk_client_gets_progress(string? version)
    {
        var recorder = new Recorder(expected: 3);
        _host.Dispatcher.OnCall = async (call, _) =>
        {
            foreach (var value in (int[])[1, 2, 3])
                await call.Listener!.NotifiedAsync("notifications/progress", System.Text.Encoding.UTF8.GetBytes($$"""{"jsonrpc":"2.0","method":"notifications/progress","params":{"progressToken":5,"progress":{{value}}} }"""));
            // The client drops what it has not looked at when the answer comes.
            await recorder.All.WaitAsync(McpTestHost.Timeout, CancellationToken.None);
            return FakeDispatcher.Result(call, """{"content":[]}""");
        };
        await using var client = await ConnectAsync("/mcp/files", version);
        await client.CallToolAsync("read", progress: recorder);
        Assert.Equal([1, 2, 3], recorder.Seen.Order());
    }

    private async Task<McpClient> ConnectAsync(string path, string? version)
    {
        var transport = new HttpClientTransport(new HttpClientTransportOptions { Endpoint = new Uri(_host.Http.BaseAddress!, path), TransportMode = HttpTransportMode.StreamableHttp }, _host.Http, ownsHttpClient: false);
        return await McpClient.CreateAsync(transport, new McpClientOptions { ProtocolVersion = version }).WaitAsync(McpTestHost.Timeout);
    }

    private sealed class Recorder(int expected) : IProgress<ProgressNotificationValue>
    {
        private readonly TaskCompletionSource _all = new(TaskCreationOptions.RunContinuationsAsynchronously);

        public ConcurrentBag<double> Seen { get; } = [];

        public Task All => _all.Task;

        public void Report(ProgressNotificationValue value)
        {
            Seen.Add(value.Progress);
            if (Seen.Count == expected) _all.TrySetResult();
        }
    }
}
