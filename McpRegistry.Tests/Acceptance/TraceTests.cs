using System.Text;

using McpRegistry.Tests.Acceptance.Harness;
using McpRegistry.Tests.Samples;

namespace McpRegistry.Tests.Acceptance;

/// <summary>One trace across processes, by what they export.</summary>
[Collection(AcceptanceRun.Collection)]
[Trait("Category", "Acceptance")]
public sealed class TraceTests
{
    private const string TraceId = "0af7651916cd43dd8448eb211c80319c";
    private const string ClientSpan = "b7ad6b7169203331";
    private static readonly TimeSpan ExportedWithin = TimeSpan.FromSeconds(20);

    [Fact]
    public async Task The_trace_of_a_client_goes_through_the_gateway_to_the_server_and_each_hangs_on_the_one_before()
    {
        await using var receiver = await OtlpReceiver.StartAsync();
        var port = FreePort.Find();
        await using var server = RunningProcess.Start(
            SampleServerProcess.Command, SampleServerProcess.Arguments("--http", $"{port}"), environment: receiver.EnvironmentOf("the-server"));
        await using var gateway = await GatewayProcess.StartAsync(new ServersFile().Http("sample", new Uri($"http://127.0.0.1:{port}/mcp")), receiver.EnvironmentOf("the-gateway"));
        await gateway.ListsToolsOfAsync("sample");

        using var client = new HttpClient(new SocketsHttpHandler { ActivityHeadersPropagator = null });
        using var call = new HttpRequestMessage(HttpMethod.Post, new Uri(gateway.Url, "/api/services/sample/tools/echo"));
        call.Content = new StringContent("""{"message":"traced"}""", Encoding.UTF8, "application/json");
        call.Headers.Add("traceparent", $"00-{TraceId}-{ClientSpan}-01");
        using var answer = await client.SendAsync(call);

        Assert.True(answer.IsSuccessStatusCode, await answer.Content.ReadAsStringAsync());
        await Eventually.TrueAsync(() => receiver.Has("the-gateway", TraceId, ClientSpan), ExportedWithin, "the gateway exports a span beneath the client's");
        await Eventually.TrueAsync(() => receiver.Has("the-server", TraceId), ExportedWithin, "the server exports a span of the client's trace");
        Assert.False(receiver.Has("the-server", TraceId, ClientSpan), "the span of the server hangs on the gateway's, not on the client's");
    }
}
