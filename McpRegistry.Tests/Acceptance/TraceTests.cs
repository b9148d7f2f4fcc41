using System.Text.Json.Nodes;

using McpRegistry.Tests.Acceptance.Harness;
using McpRegistry.Tests.Acceptance.Harness.Telemetry;
using McpRegistry.Tests.Samples;
using McpRegistry.Tests.StdioBridge;

namespace McpRegistry.Tests.Acceptance;

/// <summary>One trace across processes, by what they export.</summary>
[Collection(AcceptanceRun.Collection)]
[Trait("Category", "Acceptance")]
public sealed class TraceTests
{
    private const string Gateway = "the-gateway";
    private const string Bridge = "the-bridge";
    private const string Canary = "canary-4711";
    private const string Arguments = $$"""{"message":"{{Canary}}"}""";
    private static readonly TimeSpan ExportedWithin = TimeSpan.FromSeconds(20);

    // Of each service the processes that its calls go through, the last being the server itself.
    private static readonly Dictionary<string, string[]> Ways = new()
    {
        ["new"] = [Gateway, "new-server"],
        ["old"] = [Gateway, "old-server"],
        ["bridged"] = [Gateway, Bridge, "bridged-program"],
        ["child"] = [Gateway, "child-program"],
    };

    [Fact]
    public async Task A_trace_is_whole_from_the_client_to_servers_over_HTTP_and_stdio_and_what_the_registry_asks_by_itself_is_in_none()
    {
        await using var receiver = await OtlpReceiver.StartAsync();
        var (newPort, oldPort) = (FreePort.Find(), FreePort.Find());
        await using var newServer = Server(receiver, "new-server", newPort);
        await using var oldServer = Server(receiver, "old-server", oldPort, "--era", "legacy");
        await using var bridge = await BridgeProcess.StartReadyAsync(["--", SampleServerProcess.Command, .. SampleServerProcess.StdioArguments("--era", "legacy")], BridgeSettings(receiver));
        var child = new JsonObject([.. receiver.EnvironmentOf("child-program").Select(one => KeyValuePair.Create(one.Key, (JsonNode?)one.Value))]);
        var servers = new ServersFile().Http("new", At(newPort)).Http("old", At(oldPort)).Http("bridged", bridge.Mcp).Sample("child").With("child", "env", child);
        foreach (var service in Ways.Keys) servers.With(service, "health", new JsonObject { ["interval"] = "2s", ["timeout"] = "1900ms" });
        await using var gateway = await GatewayProcess.StartAsync(servers, receiver.EnvironmentOf(Gateway));
        await gateway.ListsToolsOfAsync([.. Ways.Keys]);
        foreach (var service in Ways.Keys) await Eventually.TrueAsync(() => IsProbedAsync(gateway, service), ExportedWithin, $"{service} is probed again and again");

        using var client = new TracedClient(gateway.Url);
        var traces = new List<(ClientTrace Client, string Service)>();
        foreach (var service in Ways.Keys)
        {
            // Nobody records it, so nobody shall begin a trace of his own for it.
            await client.RestAsync(service, Arguments, flags: "00");
            traces.Add((await client.RestAsync(service, Arguments), service));
            traces.Add((await client.ModernAsync(service, Arguments), service));
            traces.Add((await client.LegacyAsync("tools/call", $$"""{"name":"{{service}}__echo","arguments":{{Arguments}}}"""), service));
        }

        var read = await client.LegacyAsync("resources/read", $$"""{"uri":"sample://item/{{Canary}}"}""");
        foreach (var (one, service) in traces)
            await Eventually.TrueAsync(() => IsWhole(receiver.Spans, one, Ways[service]), ExportedWithin, () => $"a whole trace to {service}:\n{Shown(receiver, one)}");
        await Eventually.TrueAsync(() => IsWhole(receiver.Spans, read, [Gateway]), ExportedWithin, () => $"a whole trace of a resource:\n{Shown(receiver, read)}");

        foreach (var (one, service) in traces) AssertNamedByConvention(receiver.Spans, one, service);
        // Servers and the bridge record what clients ask; handshakes, probes, lists and streams of news are no traces.
        var asked = traces.Select(one => one.Client.TraceId).Append(read.TraceId).ToHashSet();
        Assert.Equal([], receiver.Spans.Where(one => one.Resource != Gateway && !asked.Contains(one.TraceId)).Select(one => one.ToString()));
        Assert.DoesNotContain(receiver.Spans, one => one.Name == "probe");
        // What the SDK writes down is the server's own business.
        foreach (var process in (string[])[Gateway, Bridge]) Assert.False(receiver.Tells(process, Canary), $"{process} exports an argument or a URI");
        // The health endpoints are asked all the time; the routing's own count of matches is all that knows of it.
        await Eventually.TrueAsync(() => receiver.Metrics.Any(one => one is { Resource: Gateway, Name: "mcpregistry.call.duration" }), ExportedWithin, "metrics");
        Assert.Equal([], receiver.Metrics.Where(one => one.Name.StartsWith("http.server", StringComparison.Ordinal) && one.Has("/health/ready")).Select(one => $"{one.Resource}: {one.Name}"));
        Assert.Contains(receiver.Metrics, one => one is { Resource: Gateway, Name: "http.server.request.duration" });
    }

    [Fact]
    public async Task Who_asks_for_traces_of_probes_gets_them_and_one_that_is_known_to_be_away_is_no_error()
    {
        await using var receiver = await OtlpReceiver.StartAsync();
        var port = FreePort.Find();
        await using var server = Server(receiver, "new-server", port);
        var settings = receiver.EnvironmentOf(Gateway);
        settings["McpRegistry:Telemetry:Probes"] = "true";
        var servers = new ServersFile().Http("new", At(port)).With("new", "health", new JsonObject { ["interval"] = "2s", ["timeout"] = "1900ms", ["fall"] = 2 });
        await using var gateway = await GatewayProcess.StartAsync(servers, settings);

        await Eventually.TrueAsync(() => receiver.Spans.Any(one => IsProbe(one) && IsWholeBeneath(receiver.Spans, one)), ExportedWithin, "the server joins the trace of a probe");
        await server.KillAsync();
        await Eventually.TrueAsync(() => receiver.Spans.Any(one => IsProbe(one) && one.IsError), ExportedWithin, "a probe that fails is an error");
        await Eventually.TrueAsync(() => LastProbes(receiver.Spans).All(one => !one.IsError && one.Tags["mcpregistry.healthy"] == "0"), TimeSpan.FromSeconds(60), "after that it is none");
    }

    private static RunningProcess Server(OtlpReceiver receiver, string name, int port, params string[] flags) => RunningProcess.Start(
        SampleServerProcess.Command, SampleServerProcess.Arguments(["--http", $"{port}", .. flags]), environment: receiver.EnvironmentOf(name));

    private static Uri At(int port) => new($"http://127.0.0.1:{port}/mcp");

    private static Dictionary<string, string> BridgeSettings(OtlpReceiver receiver)
    {
        var settings = receiver.EnvironmentOf(Bridge);
        foreach (var (name, value) in receiver.EnvironmentOf("bridged-program")) settings[$"McpRegistry__Bridge__Env__{name}"] = value;
        settings["McpRegistry__Bridge__Name"] = "bridged";
        return settings;
    }

    private static async Task<bool> IsProbedAsync(GatewayProcess gateway, string service) =>
        (await gateway.Rest.GetAsync($"/api/services/{service}/health")).GetProperty("instances")[0].GetProperty("history").GetArrayLength() >= 3;

    private static List<OtlpSpan> Of(IEnumerable<OtlpSpan> spans, ClientTrace client) => [.. spans.Where(one => one.TraceId == client.TraceId)];

    // Each process is in it, and whatever is in it hangs, over what is in it, on the client's span.
    private static bool IsWhole(IReadOnlyList<OtlpSpan> spans, ClientTrace client, string[] processes)
    {
        var trace = Of(spans, client);
        var known = trace.Select(one => one.SpanId).Append(client.SpanId).ToHashSet();
        return processes.All(process => trace.Exists(one => one.Resource == process)) && trace.TrueForAll(one => known.Contains(one.ParentId));
    }

    private static bool IsProbe(OtlpSpan span) => span is { Resource: Gateway, Name: "probe" };

    private static bool IsWholeBeneath(IReadOnlyList<OtlpSpan> spans, OtlpSpan probe) => spans.Any(one => one.Resource == "new-server" && one.ParentId == probe.SpanId);

    private static IEnumerable<OtlpSpan> LastProbes(IReadOnlyList<OtlpSpan> spans) => spans.Where(IsProbe).TakeLast(2);

    private static void AssertNamedByConvention(IReadOnlyList<OtlpSpan> spans, ClientTrace client, string service)
    {
        var trace = Of(spans, client);
        var call = Assert.Single(trace, one => one is { Resource: Gateway, Name: "tools/call echo", Kind: OtlpSpan.Server });
        var attempt = Assert.Single(trace, one => one is { Resource: Gateway, Kind: OtlpSpan.Client });
        Assert.Equal(("tools/call echo", call.SpanId), (attempt.Name, attempt.ParentId));
        foreach (var span in (OtlpSpan[])[call, attempt])
        {
            Assert.Equal(("tools/call", "echo", "execute_tool"), (span.Tags["mcp.method.name"], span.Tags["gen_ai.tool.name"], span.Tags["gen_ai.operation.name"]));
            Assert.Equal(service, span.Tags["mcpregistry.service"]);
        }

        Assert.Equal(service == "child" ? "pipe" : "tcp", attempt.Tags["network.transport"]);
        Assert.Equal(service == "old" ? "2025-11-25" : "2026-07-28", attempt.Tags["mcp.protocol.version"]);
        Assert.NotEmpty(attempt.Tags["mcpregistry.instance"]);
        if (service != "bridged") return;
        var behind = Assert.Single(trace, one => one is { Resource: Bridge, Kind: OtlpSpan.Client });
        Assert.Equal(("tools/call echo", "pipe", "bridged", "2025-11-25"), (behind.Name, behind.Tags["network.transport"], behind.Tags["mcpregistry.service"], behind.Tags["mcp.protocol.version"]));
    }

    private static string Shown(OtlpReceiver receiver, ClientTrace client) => $"client {client.SpanId}\n{string.Join('\n', Of(receiver.Spans, client))}\n\nall others:\n{string.Join('\n', receiver.Spans.Where(one => one.Resource != Gateway))}";
}
