using System.Net;
using System.Net.Http.Json;
using System.Text.Json;
using ModelContextProtocol.Client;

namespace McpRegistry.Tests.Samples;

public sealed class SampleServerEraTests
{
    private const int MethodNotFound = -32601;

    private static readonly int[] ModernErrorCodes = [-32020, -32021, -32022];

    private static CancellationToken Deadline => new CancellationTokenSource(TimeSpan.FromSeconds(60), TimeProvider.System).Token;

    private static object Discover => new
    {
        jsonrpc = "2.0",
        id = 1,
        method = "server/discover",
        @params = new
        {
            _meta = new Dictionary<string, object>
            {
                ["io.modelcontextprotocol/protocolVersion"] = SampleServerClient.Modern,
                ["io.modelcontextprotocol/clientCapabilities"] = new { },
            },
        },
    };

    [Theory]
    [InlineData("both", SampleServerClient.Modern)]
    [InlineData("modern", SampleServerClient.Modern)]
    [InlineData("legacy", SampleServerClient.Legacy)]
    public async Task A_client_that_finds_out_by_itself_arrives_in_the_era_of_an_http_server(string era, string negotiated)
    {
        await using var server = await SampleServerProcess.StartHttpAsync("--era", era);
        await using var client = await SampleServerClient.ConnectAsync(server.Endpoint, version: null, Deadline);

        Assert.Equal(negotiated, client.NegotiatedProtocolVersion);
        Assert.Equal(negotiated == SampleServerClient.Legacy, client.SessionId is not null);
    }

    [Theory]
    [InlineData("both", SampleServerClient.Modern)]
    [InlineData("modern", SampleServerClient.Modern)]
    [InlineData("legacy", SampleServerClient.Legacy)]
    public async Task A_client_that_finds_out_by_itself_arrives_in_the_era_of_a_stdio_server(string era, string negotiated)
    {
        await using var client = await SampleServerClient.ConnectAsync(
            SampleServerProcess.StdioArguments("--era", era), version: null, Deadline);

        Assert.Equal(negotiated, client.NegotiatedProtocolVersion);
        Assert.NotEmpty(await client.ListToolsAsync(cancellationToken: Deadline));
    }

    [Fact]
    public async Task A_legacy_http_server_refuses_a_modern_request_with_no_error_a_modern_client_would_recognise()
    {
        await using var server = await SampleServerProcess.StartHttpAsync("--era", "legacy");
        using var response = await PostAsync(server.Endpoint, Discover, SampleServerClient.Modern);

        Assert.Equal(HttpStatusCode.BadRequest, response.StatusCode);
        var body = await response.Content.ReadFromJsonAsync<JsonElement>(Deadline);
        Assert.DoesNotContain(body.GetProperty("error").GetProperty("code").GetInt32(), ModernErrorCodes);
    }

    [Fact]
    public async Task A_legacy_stdio_server_does_not_know_the_method_server_discover()
    {
        using var process = SampleServerProcess.Start(SampleServerProcess.StdioArguments("--era", "legacy"));
        await process.StandardInput.WriteLineAsync(JsonSerializer.Serialize(Discover));

        var answer = JsonDocument.Parse((await process.StandardOutput.ReadLineAsync(Deadline))!).RootElement;
        Assert.Equal(MethodNotFound, answer.GetProperty("error").GetProperty("code").GetInt32());

        process.StandardInput.Close();
        await process.WaitForExitAsync(Deadline);
    }

    [Theory]
    [InlineData("http")]
    [InlineData("stdio")]
    public async Task A_modern_server_refuses_initialize(string transport)
    {
        await using var server = transport == "http" ? await SampleServerProcess.StartHttpAsync("--era", "modern") : null;
        await Assert.ThrowsAnyAsync<Exception>(() => server is not null
            ? SampleServerClient.ConnectAsync(server.Endpoint, SampleServerClient.Legacy, Deadline)
            : SampleServerClient.ConnectAsync(
                SampleServerProcess.StdioArguments("--era", "modern"), SampleServerClient.Legacy, Deadline));
    }

    [Fact]
    public async Task A_silent_server_is_found_to_be_legacy_when_the_probe_gives_up()
    {
        var transport = new StdioClientTransport(new()
        {
            Command = SampleServerProcess.Command,
            Arguments = SampleServerProcess.StdioArguments("--silent-discover"),
        });
        await using var client = await McpClient.CreateAsync(
            transport,
            new McpClientOptions { DiscoverProbeTimeout = TimeSpan.FromSeconds(1) },
            cancellationToken: Deadline);

        Assert.Equal(SampleServerClient.Legacy, client.NegotiatedProtocolVersion);
    }

    [Fact]
    public async Task The_transport_of_2024_is_there_where_asked_for()
    {
        await using var server = await SampleServerProcess.StartHttpAsync("--era", "legacy", "--sse");
        await using var client = await SampleServerClient.ConnectAsync(
            new Uri(server.Endpoint, "/sse"), version: null, Deadline, HttpTransportMode.Sse);

        Assert.NotEmpty(await client.ListToolsAsync(cancellationToken: Deadline));
    }

    [Fact]
    public async Task A_foreign_host_or_origin_is_forbidden()
    {
        await using var server = await SampleServerProcess.StartHttpAsync();
        using var foreignOrigin = await PostAsync(server.Endpoint, Discover, SampleServerClient.Modern, ("Origin", "http://evil.example"));
        using var foreignHost = await PostAsync(server.Endpoint, Discover, SampleServerClient.Modern, ("Host", "evil.example"));

        Assert.Equal(HttpStatusCode.Forbidden, foreignOrigin.StatusCode);
        Assert.Equal(HttpStatusCode.Forbidden, foreignHost.StatusCode);
    }

    private static async Task<HttpResponseMessage> PostAsync(Uri endpoint, object body, string version, params (string Name, string Value)[] headers)
    {
        using var client = new HttpMessageInvoker(new SocketsHttpHandler());
        using var request = new HttpRequestMessage(HttpMethod.Post, endpoint) { Content = JsonContent.Create(body) };
        request.Headers.Add("Accept", "application/json, text/event-stream");
        request.Headers.Add("MCP-Protocol-Version", version);
        request.Headers.Add("Mcp-Method", "server/discover");
        foreach (var (name, value) in headers)
            request.Headers.Add(name, value);
        var response = await client.SendAsync(request, Deadline);
        await response.Content.LoadIntoBufferAsync(Deadline);
        return response;
    }
}
