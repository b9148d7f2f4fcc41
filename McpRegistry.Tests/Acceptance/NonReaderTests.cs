using System.Diagnostics;
using System.Text.Json.Nodes;

using McpRegistry.Core.Buffers;
using McpRegistry.Mcp;
using McpRegistry.Tests.Acceptance.Harness;
using McpRegistry.Tests.Api.Harness;
using McpRegistry.Tests.Clients;
using McpRegistry.Tests.Mcp;
using McpRegistry.Tests.Samples;
using McpRegistry.Tests.Upstream.Stdio;

using Xunit.Abstractions;

namespace McpRegistry.Tests.Acceptance;

/// <summary>64 clients that do not read, before a service that is well.</summary>
[Collection(AcceptanceRun.Processes)]
[Trait("Category", "Acceptance")]
public sealed class NonReaderTests(ITestOutputHelper output)
{
    private const int Clients = 64;
    private static readonly TimeSpan Call = TimeSpan.FromSeconds(6);

    // Beyond what the system itself buffers for a connection.
    private const string Talk = """{"message":"MESSAGE","times":160,"level":"error"}""";

    [LinuxTheory]
    [InlineData(false, "legacy")]
    [InlineData(false, "modern")]
    [InlineData(false, "rest")]
    [InlineData(true, "legacy")]
    [InlineData(true, "modern")]
    [InlineData(true, "rest")]
    public async Task Clients_that_do_not_read_take_no_slot_beyond_the_time_of_their_calls(bool isStdio, string face)
    {
        await using var server = isStdio ? null : await SampleServerProcess.StartHttpAsync("--name", "svc");
        JsonObject service = isStdio
            ? new() { ["command"] = SampleServerProcess.Command, ["args"] = new JsonArray([.. SampleServerProcess.StdioArguments("--name", "svc").Select(one => (JsonNode)one)]) }
            : new() { ["url"] = server!.Endpoint.AbsoluteUri };
        service["timeouts"] = new JsonObject { ["idle"] = "3s", ["call"] = $"{Call.TotalSeconds}s" };
        await using var gateway = await WholeGateway.StartAsync(servers: new JsonObject { ["mcpServers"] = new JsonObject { ["svc"] = service } }.ToJsonString());
        await WholeGateway.UntilAsync(() => gateway.State.Current.Services.TryGetValue("svc", out var svc) && svc.Catalog.Tools.Length > 1, () => "its tools are listed");
        var load = gateway.State.Current.Services["svc"].Instances[0].Load;
        var watch = Stopwatch.StartNew();
        var clients = new List<NonReader>();
        try
        {
            for (var i = 0; i < Clients; i++) clients.Add(await PostAsync(gateway, face, isStdio));
            await WholeGateway.UntilAsync(() => load.InFlight > 0 || watch.Elapsed > TimeSpan.FromSeconds(1), () => "calls are made");
            // The queue lets as many in again as end.
            var free = await Eventually.TrueAsync(() => Task.FromResult(load.InFlight == 0), Call + Call, () => $"the slots are free; in flight {load.InFlight}");

            var other = Stopwatch.StartNew();
            var answer = await gateway.SendAsync(HttpMethod.Post, "/api/services/svc/tools/echo", """{"message":"hello"}""");

            Assert.Equal(200, answer.Status);
            var figure = $"{Clients} clients that do not read ({(isStdio ? "stdio" : "HTTP")}, {face}): slots free after {free.TotalSeconds:0.0} s, another client answered in {other.Elapsed.TotalMilliseconds:0} ms, {gateway.Get<ByteBudget>().Taken / 1024} KiB wait";
            output.WriteLine(figure);
            AcceptanceRun.Report(figure);
            Assert.InRange(other.Elapsed, TimeSpan.Zero, TimeSpan.FromSeconds(3));
        }
        finally { clients.ForEach(one => one.Dispose()); }
    }

    private static async Task<NonReader> PostAsync(WholeGateway gateway, string face, bool isStdio)
    {
        var address = gateway.Http.BaseAddress!;
        // Over stdio nobody knows whose a log line is; progress belongs to a call over both.
        var tool = isStdio ? "progress" : "log";
        var arguments = isStdio ? "{\"steps\":300}" : Talk.Replace("MESSAGE", new string('m', 64_000), StringComparison.Ordinal);
        switch (face)
        {
            case "rest":
                // No log over REST: a large answer that nobody reads.
                return await NonReader.PostAsync(address, "/api/services/svc/tools/echo", $$"""{"message":"{{new string('m', 2_000_000)}}"}""");
            case "modern":
                var body = Modern.Body("tools/call", $"\"name\":\"{tool}\",\"arguments\":{arguments}").Replace("\"_meta\":{", "\"_meta\":{\"io.modelcontextprotocol/logLevel\":\"debug\",\"progressToken\":1,", StringComparison.Ordinal);
                return await NonReader.PostAsync(address, "/mcp/svc", body, [.. Modern.Headers("tools/call", tool)]);
            default:
                var session = await InitializeAsync(gateway);
                return await NonReader.PostAsync(
                    address, "/mcp/svc", $$$"""{"jsonrpc":"2.0","id":7,"method":"tools/call","params":{"name":"{{{tool}}}","arguments":{{{arguments}}},"_meta":{"progressToken":1} } }""", (McpHeaders.SessionId, session));
        }
    }

    private static async Task<string> InitializeAsync(WholeGateway gateway)
    {
        var (_, opened) = await gateway.SendAsync(
            HttpMethod.Post, "/mcp/svc", """{"jsonrpc":"2.0","id":0,"method":"initialize","params":{"protocolVersion":"2025-11-25","capabilities":{} } }""", ("Accept", "application/json, text/event-stream"));
        var session = opened.Split('\n').Single(line => line.StartsWith("Mcp-Session-Id:", StringComparison.OrdinalIgnoreCase)).Split(": ")[1].Trim();
        await gateway.SendAsync(
            HttpMethod.Post, "/mcp/svc", """{"jsonrpc":"2.0","id":1,"method":"logging/setLevel","params":{"level":"debug"} }""", ("Accept", "application/json, text/event-stream"), (McpHeaders.SessionId, session));
        return session;
    }
}
