using System.Net.Http.Headers;
using System.Text;

using McpRegistry.Tests.Acceptance.Harness;
using McpRegistry.Tests.Upstream.Stdio;

namespace McpRegistry.Tests.StdioBridge;

/// <summary>Clients that hang up: nobody waits for what they asked for, so it must hold no place.</summary>
public sealed class LeftCallTests
{
    private const int Places = 16;

    /// <summary>Never answers the tool <c>slow</c>, and tells on stderr what it hears.</summary>
    private const string Program = """
        answer() { printf '{"jsonrpc":"2.0","id":%s,"result":%s}\n' "$id" "$1"; }
        while IFS= read -r line; do
          id=${line#*\"id\":}; id=${id%%[,\}]*}
          method=${line#*\"method\":\"}; method=${method%%\"*}
          case $line in *'"name":"slow"'*) echo "got slow" >&2; continue ;; esac
          case $method in
            server/discover) printf '{"jsonrpc":"2.0","id":%s,"error":{"code":-32601,"message":"unknown"}}\n' "$id" ;;
            initialize) answer '{"protocolVersion":"2025-11-25","capabilities":{"tools":{}},"serverInfo":{"name":"left","version":"1"}}' ;;
            notifications/*) echo "heard $method" >&2 ;;
            tools/list) answer '{"tools":[{"name":"slow","inputSchema":{"type":"object"}},{"name":"quick","inputSchema":{"type":"object"}}]}' ;;
            *) answer '{"content":[]}' ;;
          esac
        done
        """;

    [LinuxTheory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Calls_whose_client_hung_up_are_cancelled_and_hold_no_place(bool isModern)
    {
        await using var bridge = await BridgeProcess.StartReadyAsync(["sh", "-c", Program]);
        using var stays = new HttpClient(new SocketsHttpHandler());
        var session = isModern ? null : await InitializeAsync(bridge, stays);
        using (var leaves = new HttpClient(new SocketsHttpHandler()))
        {
            using var hangUp = new CancellationTokenSource();
            var calls = Enumerable.Range(1, Places).Select(id => CallAsync(bridge, leaves, session, id, "slow", hangUp.Token)).ToArray();
            await Eventually.TrueAsync(() => CountOf(bridge, "got slow") == Places, TimeSpan.FromSeconds(60), "all calls came to the program\n" + bridge.Output);
            await hangUp.CancelAsync();
            foreach (var call in calls) await Assert.ThrowsAnyAsync<OperationCanceledException>(() => call);
        }

        var answer = await CallAsync(bridge, stays, session, Places + 1, "quick", CancellationToken.None);

        Assert.Contains("\"content\":[]", answer, StringComparison.Ordinal);
        await Eventually.TrueAsync(() => CountOf(bridge, "heard notifications/cancelled") == Places, TimeSpan.FromSeconds(60), "the program heard of it\n" + bridge.Output);
    }

    private static int CountOf(BridgeProcess bridge, string line) => bridge.Output.Split(line).Length - 1;

    private static async Task<string> InitializeAsync(BridgeProcess bridge, HttpClient http)
    {
        using var request = Request(bridge, """{"jsonrpc":"2.0","id":0,"method":"initialize","params":{"protocolVersion":"2025-11-25","capabilities":{},"clientInfo":{"name":"test","version":"1"}}}""");
        using var response = await http.SendAsync(request);
        return response.Headers.GetValues("Mcp-Session-Id").Single();
    }

    private static async Task<string> CallAsync(BridgeProcess bridge, HttpClient http, string? session, int id, string tool, CancellationToken cancellationToken)
    {
        var meta = session is not null ? "" : ""","_meta":{"io.modelcontextprotocol/protocolVersion":"2026-07-28","io.modelcontextprotocol/clientCapabilities":{}}""";
        using var request = Request(bridge, $$$"""{"jsonrpc":"2.0","id":{{{id}}},"method":"tools/call","params":{"name":"{{{tool}}}","arguments":{}{{{meta}}}}}""");
        request.Headers.Add("MCP-Protocol-Version", session is not null ? "2025-11-25" : "2026-07-28");
        if (session is not null) request.Headers.Add("Mcp-Session-Id", session);
        else
        {
            request.Headers.Add("Mcp-Method", "tools/call");
            request.Headers.Add("Mcp-Name", tool);
        }

        using var response = await http.SendAsync(request, cancellationToken);
        return await response.Content.ReadAsStringAsync(cancellationToken);
    }

    private static HttpRequestMessage Request(BridgeProcess bridge, string body)
    {
        var request = new HttpRequestMessage(HttpMethod.Post, bridge.Mcp) { Content = new StringContent(body, Encoding.UTF8, "application/json") };
        request.Headers.Accept.Add(new MediaTypeWithQualityHeaderValue("application/json"));
        request.Headers.Accept.Add(new MediaTypeWithQualityHeaderValue("text/event-stream"));
        return request;
    }
}
