using System.Collections.Concurrent;
using System.Text;
using System.Text.Json;

using McpRegistry.Core.State;
using McpRegistry.Core.Upstream;
using McpRegistry.Mcp;
using McpRegistry.Tests.Api.Harness;
using McpRegistry.Tests.Upstream.Http;
using McpRegistry.Tests.Upstream.Stdio;

using Microsoft.AspNetCore.Http;

namespace McpRegistry.Tests.Mcp;

/// <summary>Servers that tell on a stream of their own, or on stdout, what they were called with: nobody hears it of another.</summary>
public sealed class OthersLogLinesTests
{
    /// <summary>Logs the secret of the last call when it is next asked whether it lives: long after that call was over.</summary>
    private const string LoudProgram = """
        answer() { printf '{"jsonrpc":"2.0","id":%s,"result":%s}\n' "$id" "$1"; }
        while IFS= read -r line; do
          id=${line#*\"id\":}; id=${id%%[,\}]*}
          method=${line#*\"method\":\"}; method=${method%%\"*}
          secret=${line#*\"secret\":\"}; secret=${secret%%\"*}
          case $method in
            server/discover) printf '{"jsonrpc":"2.0","id":%s,"error":{"code":-32601,"message":"unknown"}}\n' "$id" ;;
            initialize) answer '{"protocolVersion":"2025-11-25","capabilities":{"tools":{},"logging":{}},"serverInfo":{"name":"loud","version":"1"}}' ;;
            notifications/*) ;;
            tools/list) answer '{"tools":[{"name":"pay","inputSchema":{"type":"object"}}]}' ;;
            tools/call) last=$secret; answer '{"content":[]}' ;;
            ping) [ -n "$last" ] && printf '{"jsonrpc":"2.0","method":"notifications/message","params":{"level":"error","data":"%s"}}\n' "$last"; answer '{}' ;;
            *) answer '{}' ;;
          esac
        done
        """;

    [LinuxTheory]
    [InlineData("rest", "/mcp", true)]
    [InlineData("rest", "/mcp/loud", false)]
    [InlineData("modern", "/mcp", true)]
    [InlineData("legacy", "/mcp", true)]
    [InlineData("legacy", "/mcp/loud", true)]
    [InlineData("legacy", "/mcp", false)]
    [InlineData("rest", "/mcp", true, true)]
    [InlineData("legacy", "/mcp", true, true)]
    [InlineData("legacy", "/mcp/loud", false, true)]
    public async Task Whoever_connects_later_or_beside_hears_nothing_of_the_calls_of_others(string caller, string spyPath, bool isLater, bool isHttp = false)
    {
        await using var server = isHttp ? await LoudServerAsync() : null;
        await using var gateway = await StartAsync(server?.Mcp);
        var lines = Lines(gateway);
        var (spy, stream) = isLater ? (null, null) : await SpyAsync(gateway, spyPath);

        await CallAsync(gateway, caller, "CANARY-1");
        await LogAsync(gateway, lines, "CANARY-1");
        if (isLater) (spy, stream) = await SpyAsync(gateway, spyPath);
        await CallAsync(gateway, caller, "CANARY-2");
        await LogAsync(gateway, lines, "CANARY-2");
        // Of its own calls it hears nothing here either: who could say which line is whose?
        await CallAsync(gateway, spy!, spyPath, "OWN");
        await LogAsync(gateway, lines, "OWN");
        gateway.State.Put(FakeServices.Service("sentinel", FakeServices.Catalog("sentinel", "t")), CatalogLists.Tools);
        if (spyPath != "/mcp") gateway.State.Put(gateway.State.Current.Services["loud"] with { Reason = "sentinel" }, CatalogLists.Tools);

        using (stream)
        {
            for (var method = ""; method != "notifications/tools/list_changed";)
            {
                var heard = (await stream!.NextAsync())!.Value;
                Assert.DoesNotContain("CANARY", heard.GetRawText(), StringComparison.Ordinal);
                method = heard.GetProperty("method").GetString();
            }
        }
    }

    [LinuxTheory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Whoever_is_alone_hears_what_is_about_its_own_calls(bool isHttp)
    {
        await using var server = isHttp ? await LoudServerAsync() : null;
        await using var gateway = await StartAsync(server?.Mcp);
        var (session, stream) = await SpyAsync(gateway, "/mcp");
        using var own = stream;

        await CallAsync(gateway, session, "/mcp", "OWN");
        await LogAsync(gateway, Lines(gateway), "OWN");

        JsonElement heard;
        do heard = (await own.NextAsync())!.Value;
        while (heard.GetProperty("method").GetString() != "notifications/message");
        Assert.Equal("OWN", heard.GetProperty("params").GetProperty("data").GetString());
    }

    [Fact]
    public void A_program_that_was_started_anew_knows_nothing_of_those_before_and_a_server_may()
    {
        var (program, server, one, other) = (new InstanceAudience(isOfProgram: true), new InstanceAudience(), new object(), new object());
        foreach (var audience in (InstanceAudience[])[program, server])
        {
            Assert.True(audience.IsOnly(one));
            audience.Used(one);
            audience.Used(one);
            Assert.Equal((true, false), (audience.IsOnly(one), audience.IsOnly(other)));
            audience.Used(other);
            Assert.False(audience.IsOnly(one) || audience.IsOnly(other));
            audience.Connected();
        }

        Assert.True(program.IsOnly(other));
        Assert.False(server.IsOnly(other));
        program.Used(null);
        Assert.False(program.IsOnly(one));
    }

    private static async Task<WholeGateway> StartAsync(Uri? url)
    {
        var entry = url is not null ? $"{{\"url\":\"{url}\"}}" : $"{{\"command\":\"sh\",\"args\":[\"-c\",{JsonSerializer.Serialize(LoudProgram)}]}}";
        var gateway = await WholeGateway.StartAsync(servers: $"{{\"mcpServers\":{{\"loud\":{entry}}}}}");
        await WholeGateway.UntilAsync(() => gateway.State.Current.Services.TryGetValue("loud", out var loud) && loud.Catalog.Unread.IsEmpty && !loud.Catalog.Tools.IsEmpty, () => "its tools are listed");
        return gateway;
    }

    /// <summary>A legacy server that logs on the stream that GET opens.</summary>
    private static async Task<ScriptedServer> LoudServerAsync()
    {
        HttpContext? log = null;
        string? last = null;
        return await ScriptedServer.StartAsync(ProtocolEra.Legacy, """{"tools":{},"logging":{}}""", async (context, request) =>
        {
            if (request.HttpMethod == "GET")
            {
                await ScriptedServer.EventStreamAsync(context);
                log = context;
                var gone = new TaskCompletionSource();
                context.RequestAborted.Register(() => gone.TrySetResult());
                await gone.Task;
                return;
            }

            if (request.Method == "tools/call") last = request.Json.GetProperty("params").GetProperty("arguments").GetProperty("secret").GetString();
            if (request.Method == "ping" && last is not null && log is not null)
                await ScriptedServer.WriteAsync(log, $"data: {{\"jsonrpc\":\"2.0\",\"method\":\"notifications/message\",\"params\":{{\"level\":\"error\",\"data\":\"{last}\"}}}}\n\n");
            await ScriptedServer.ResultAsync(context, request, request.Method switch
            {
                "tools/list" => """{"tools":[{"name":"pay","inputSchema":{"type":"object"}}]}""",
                "tools/call" => """{"content":[]}""",
                _ => "{}",
            });
        });
    }

    // Ours is told after the feed to clients was: once a line is here, whoever was to get it has it.
    private static Waiting Lines(WholeGateway gateway)
    {
        var lines = new Waiting();
        gateway.Get<IUpstreamNotificationFeed>().Notified += (_, method, message) =>
        {
            if (method == "notifications/message") lines.Heard.Enqueue(Encoding.UTF8.GetString(message.Span));
        };
        return lines;
    }

    // A probe makes it log; the gateway is no client, so nobody calls meanwhile.
    private static async Task LogAsync(WholeGateway gateway, Waiting lines, string text)
    {
        Assert.Equal(200, (await gateway.SendAsync(HttpMethod.Post, "/api/services/loud/health/check")).Status);
        await WholeGateway.UntilAsync(() => lines.Heard.Any(line => line.Contains(text, StringComparison.Ordinal)), () => $"the line {text} came");
    }

    private static async Task CallAsync(WholeGateway gateway, string caller, string secret)
    {
        var arguments = $"{{\"secret\":\"{secret}\"}}";
        switch (caller)
        {
            case "rest":
                Assert.Equal(200, (await gateway.SendAsync(HttpMethod.Post, "/api/services/loud/tools/pay", arguments)).Status);
                break;
            case "modern":
                var modern = await gateway.SendAsync(HttpMethod.Post, "/mcp", Modern.Body("tools/call", $"\"name\":\"loud__pay\",\"arguments\":{arguments}"), [("Accept", "application/json, text/event-stream"), .. Modern.Headers("tools/call", "loud__pay")]);
                Assert.Equal(200, modern.Status);
                break;
            default:
                var session = await InitializeAsync(gateway, "/mcp");
                await CallAsync(gateway, session, "/mcp", secret);
                await gateway.SendAsync(HttpMethod.Delete, "/mcp", null, (McpHeaders.SessionId, session));
                break;
        }
    }

    private static async Task CallAsync(WholeGateway gateway, string session, string path, string secret)
    {
        var name = path == "/mcp" ? "loud__pay" : "pay";
        var (status, all) = await gateway.SendAsync(
            HttpMethod.Post, path, $"{{\"jsonrpc\":\"2.0\",\"id\":7,\"method\":\"tools/call\",\"params\":{{\"name\":\"{name}\",\"arguments\":{{\"secret\":\"{secret}\"}}}}}}", Legacy(session));
        Assert.True(status == 200 && all.Contains("\"content\":[]", StringComparison.Ordinal), all);
    }

    private static async Task<(string Session, SseReader Stream)> SpyAsync(WholeGateway gateway, string path)
    {
        var session = await InitializeAsync(gateway, path);
        await gateway.SendAsync(HttpMethod.Post, path, """{"jsonrpc":"2.0","id":7,"method":"logging/setLevel","params":{"level":"debug"}}""", Legacy(session));
        using var request = new HttpRequestMessage(HttpMethod.Get, path);
        request.Headers.Add(McpHeaders.SessionId, session);
        request.Headers.Add("Accept", "text/event-stream");
        return (session, await SseReader.OnAsync(await gateway.Http.SendAsync(request, HttpCompletionOption.ResponseHeadersRead)));
    }

    private static async Task<string> InitializeAsync(WholeGateway gateway, string path)
    {
        using var request = new HttpRequestMessage(HttpMethod.Post, path)
        {
            Content = new StringContent("""{"jsonrpc":"2.0","id":0,"method":"initialize","params":{"protocolVersion":"2025-11-25","capabilities":{},"clientInfo":{"name":"test","version":"1"}}}""", Encoding.UTF8, "application/json"),
        };
        request.Headers.TryAddWithoutValidation("Accept", "application/json, text/event-stream");
        using var response = await gateway.Http.SendAsync(request);
        return response.Headers.GetValues(McpHeaders.SessionId).Single();
    }

    private static (string, string)[] Legacy(string session) =>
        [("Accept", "application/json, text/event-stream"), (McpHeaders.SessionId, session), (McpHeaders.ProtocolVersion, "2025-11-25")];

    private sealed class Waiting
    {
        public ConcurrentQueue<string> Heard { get; } = new();
    }
}
