using System.Text.Json;
using System.Text.RegularExpressions;

using McpRegistry.Core.Registration;
using McpRegistry.Core.State;
using McpRegistry.Core.Upstream;
using McpRegistry.Tests.Acceptance.Harness;
using McpRegistry.Tests.Api.Harness;
using McpRegistry.Tests.Upstream.Http;
using McpRegistry.Tests.Upstream.Stdio;

using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;

namespace McpRegistry.Tests.Api;

/// <summary>
/// Services with a canary in every place where a secret may stand, with ids as the product makes them: after everything was asked, the
/// canary is in no answer, header, line of the log, metric or span.
/// </summary>
// Others' spans and lines would be heard as well.
[Collection(AcceptanceRun.Collection)]
public sealed partial class SecretCanaryTests
{
    private const string Canary = "canary7q3x";
    private const string InPath = "canary7q3xPath9k2m4z8w";
    private const string InUrl = "?key=canary7q3xquery&other=1";
    private const string Credentials = "\"api_key\":\"canary7q3xbearer\",\"config\":{\"headers\":{\"X-Key\":\"canary7q3xheader\"}%INSTANCES%}";

    [McpRegistry.Tests.Upstream.Stdio.LinuxFact]
    public async Task Nothing_of_a_query_a_header_a_key_or_a_variable_is_told_anywhere()
    {
        using var listening = new Listening();
        using var output = new StringWriter();
        await using var good = await ScriptedServer.StartAsync(ProtocolEra.Legacy, """{"tools":{},"prompts":{},"resources":{}}""", AnswerAsync);
        await using var broken = await RawServer.StartAsync(context =>
        {
            context.Response.StatusCode = context.Request.Path.Value!.Contains("moved", StringComparison.Ordinal) ? 307 : 500;
            context.Response.Headers.Location = $"/elsewhere{context.Request.QueryString}";
            return Task.CompletedTask;
        });
        await using var away = await RawServer.StartAsync(context =>
        {
            context.Response.StatusCode = 307;
            context.Response.Headers.Location = $"http://127.0.0.2:9{context.Request.Path}/again";
            return Task.CompletedTask;
        });
        await using var plain = await RawServer.StartAsync(PlainAsync);
        var ofGood = good.Mcp.GetLeftPart(UriPartial.Authority);
        var asked = new List<string>();
        var events = "";
        var reached = ServiceCondition.Starting;

        var file = $$$"""
            {"mcpServers":{
              "of-file":{"url":"{{{ofGood}}}/file/mcp{{{InUrl}}}","headers":{"X-Key":"{{{Canary}}}header"} },
              "keyed-in-file":{"url":"{{{ofGood}}}/s/{{{InPath}}}/mcp" },
              "wrong-in-file":{"url":"ftp://user:{{{Canary}}}@h/x?key={{{Canary}}}","env":{"A":"{{{Canary}}}"},"timeouts":{"call":"{{{Canary}}}"},"headers":{"Host":"{{{Canary}}}"} },
              "odd-in-file":{"command":"no-such-program","env":{"KEY":"{{{Canary}}}","LD_PRELOAD":"{{{Canary}}}"},"api_key":"{{{Canary}}}"}
            } }
            """;

        await using (var gateway = await WholeGateway.StartAsync(log: listening, output: output, servers: file))
        {
            using var watching = new CancellationTokenSource();
            var hearing = HearEventsAsync(gateway, watching.Token);
            await RegisterAsync("good", "fastmcp", $"{ofGood}/good/mcp{InUrl}", $"{ofGood}/good/mcp?key={Canary}two", $"{ofGood}/good-mcp{InUrl}");
            await RegisterAsync("plain", "fastapi", $"{plain.Base.GetLeftPart(UriPartial.Authority)}/api{InUrl}");
            await RegisterAsync("broken", "fastmcp", $"{broken.Base}broken/mcp{InUrl}");
            await RegisterAsync("moved", "fastmcp", $"{broken.Base}moved/mcp{InUrl}");
            await RegisterAsync("away", "external", $"http://127.0.0.1:1/mcp{InUrl}");
            await RegisterAsync("keyed", "fastmcp", $"{ofGood}/{InPath}/mcp", $"{ofGood}/s/{InPath}two/mcp");
            await RegisterAsync("leaves", "fastmcp", $"{away.Base}s/{InPath}/mcp");
            await AskAsync(HttpMethod.Post, "/api/services", $$$"""{"name":"told","base_url":"{{{ofGood}}}/mcp/{{{Canary}}}/x","config":{"secret_path":true}}""", 201);
            await AskAsync(HttpMethod.Post, "/api/services", $$$"""{"name":"leaves-told","base_url":"{{{away.Base}}}s/{{{Canary}}}/mcp","config":{"secret_path":true}}""", 201);
            await AskAsync(HttpMethod.Post, "/api/services",
                $$$"""{"name":"plain-paths","type":"fastapi","base_url":"{{{plain.Base}}}","config":{"openapi":"/{{{InPath}}}/openapi.json?key={{{Canary}}}openapi","health":{"path":"/health/{{{InPath}}}?key={{{Canary}}}health"} } }""", 201);
            await AskAsync(HttpMethod.Post, "/api/services",
                $$$"""{"name":"talker","protocol":"stdio","config":{"command":"sh","args":["-c","env >&2; echo \"junk $KEY\"; exit 1"],"env":{"KEY":"{{{Canary}}}talked"} } }""", 201);
            var shell = JsonSerializer.Serialize(ShellServer.Registration().Config.Args);
            await AskAsync(HttpMethod.Post, "/api/services", $$$"""{"name":"shell","protocol":"stdio","config":{"command":"sh","args":{{{shell}}},"env":{"KEY":"{{{Canary}}}env"} } }""", 201);
            await WholeGateway.UntilAsync(
                () => gateway.State.Current.Services.Values.All(one => one.Condition != ServiceCondition.Starting) && gateway.State.Current.Services["good"].Catalog.Tools.Length > 0
                    && gateway.State.Current.Services["plain"].Catalog.Tools.Length > 0,
                () => string.Join("; ", gateway.State.Current.Services.Values.Select(one => $"{one.Name} {one.Condition} {one.Reason}")));

            // Everything once as things are, once with instances drained, and once again after each was changed.
            for (var round = 0; round < 2; round++)
            {
                await AskEveryRouteAsync(gateway);
                foreach (var service in gateway.State.Current.Services.Values.ToArray())
                {
                    foreach (var instance in service.Instances) await AskAsync(HttpMethod.Post, $"/api/services/{service.Name}/instances/{instance.InstanceId}/drain", """{"draining":true}""");
                    await AskAsync(HttpMethod.Post, $"/api/services/{service.Name}/call", """{"tool":"echo","arguments":{}}""");
                    foreach (var instance in service.Instances) await AskAsync(HttpMethod.Post, $"/api/services/{service.Name}/instances/{instance.InstanceId}/drain", """{"draining":false}""");
                }
                await AskMcpAsync("/mcp");
                foreach (var service in gateway.State.Current.Services.Keys) await AskMcpAsync($"/mcp/{service}");
            }

            var (_, read) = await gateway.SendAsync(HttpMethod.Post, "/mcp/good", $$$"""{"jsonrpc":"2.0","id":7,"method":"resources/read","params":{"uri":"db://q?token={{{Canary}}}uri","_meta":{"io.modelcontextprotocol/protocolVersion":"2026-07-28"} } }""",
                ("Accept", "application/json, text/event-stream"), ("MCP-Protocol-Version", "2026-07-28"), ("Mcp-Method", "resources/read"), ("Mcp-Name", $"db://q?token={Canary}uri"));
            Assert.Contains("\"id\":7", read, StringComparison.Ordinal);
            reached = gateway.State.Current.Services["keyed"].Condition;
            Assert.Equal([], gateway.StoredFilesWith(Canary));
            await AskAsync(HttpMethod.Post, "/api/services/good/instances", $$"""{"base_url":"{{ofGood}}/good/mcp{{InUrl}}"}""", 409);
            await AskAsync(HttpMethod.Post, "/api/services/good/instances", $$"""{"base_url":"{{ofGood}}/third/mcp?key={{Canary}}three"}""", 201);
            await AskAsync(HttpMethod.Post, "/api/services", $$"""{"name":"wrong","base_url":"http://user:{{Canary}}@h/mcp?key={{Canary}}","api_key":"\n{{Canary}}","config":{"headers":{"Host":"{{Canary}}"},"env":{"A=B":"{{Canary}}"} } }""", 400);
            await AskAsync(HttpMethod.Post, "/api/services", $$"""{"name":"wrong","config":{"timeouts":{"call":"{{Canary}}"} } }""", 400);
            foreach (var service in gateway.State.Current.Services.Values.Where(one => one.Registration.Origin == RegistrationOrigin.Api).ToArray())
            {
                foreach (var instance in service.Instances.Skip(1)) await AskAsync(HttpMethod.Delete, $"/api/services/{service.Name}/instances/{instance.InstanceId}", null, 204);
                await AskAsync(HttpMethod.Delete, $"/api/services/{service.Name}", null, 204);
            }

            listening.RecordObservables();
            await watching.CancelAsync();
            events = await hearing;

            async Task RegisterAsync(string name, string type, string url, params string[] instances)
            {
                var more = instances.Length == 0 ? "" : $",\"instances\":{JsonSerializer.Serialize(instances)}";
                var body = $$"""{"name":"{{name}}","type":"{{type}}","protocol":"http","base_url":"{{url}}",{{Credentials.Replace("%INSTANCES%", more, StringComparison.Ordinal)}}}""";
                await AskAsync(HttpMethod.Post, "/api/services", body, 201);
            }

            async Task AskAsync(HttpMethod method, string path, string? body = null, int? expected = null)
            {
                var (status, all) = await gateway.SendAsync(method, path, body);
                asked.Add($"{method} {path} -> {status}\n{all}");
                Assert.True(expected is null || status == expected, asked[^1]);
                Assert.NotEqual(500, status);
            }

            async Task AskEveryRouteAsync(WholeGateway whole)
            {
                var routes = whole.Get<EndpointDataSource>().Endpoints.OfType<RouteEndpoint>()
                    .Where(route => route.Metadata.GetMetadata<IHttpMethodMetadata>() is { } methods && (methods.HttpMethods.Contains("GET") || methods.HttpMethods.Contains("POST")))
                    .Select(route => (Path: route.RoutePattern.RawText!, Method: route.Metadata.GetMetadata<IHttpMethodMetadata>()!.HttpMethods.Contains("GET") ? HttpMethod.Get : HttpMethod.Post))
                    .Where(route => route.Path.Contains("api", StringComparison.Ordinal) && !route.Path.Contains("events", StringComparison.Ordinal)).ToArray();
                Assert.True(routes.Length > 8, string.Join(", ", routes.Select(route => route.Path)));
                foreach (var (path, method) in routes)
                {
                    if (path.TrimEnd('/') == "/api/services" && method == HttpMethod.Post) continue;
                    foreach (var service in whole.State.Current.Services.Values.ToArray())
                    {
                        foreach (var instance in path.Contains("{id}", StringComparison.Ordinal) ? service.Instances.Select(one => one.InstanceId) : ["-"])
                        {
                            var url = Places().Replace(path, place => place.Groups[1].Value switch { "name" => service.Name, "id" => instance, _ => "echo" });
                            await AskAsync(method, url.StartsWith('/') ? url : "/" + url, method == HttpMethod.Post ? "{}" : null);
                        }
                        if (!path.Contains("{name}", StringComparison.Ordinal)) break;
                    }
                }
            }

            async Task AskMcpAsync(string path)
            {
                string[] methods = ["tools/list", "prompts/list", "resources/list", "resources/templates/list", "ping", "tools/call", "prompts/get", "resources/read", "completion/complete", "logging/setLevel"];
                var (_, opened) = await gateway.SendAsync(HttpMethod.Post, path,
                    """{"jsonrpc":"2.0","id":0,"method":"initialize","params":{"protocolVersion":"2025-11-25","capabilities":{},"clientInfo":{"name":"t","version":"1"}}}""",
                    ("Accept", "application/json, text/event-stream"));
                asked.Add(opened);
                var session = Session().Match(opened).Groups[1].Value;
                foreach (var method in methods)
                {
                    foreach (var service in gateway.State.Current.Services.Keys)
                    {
                        var name = path == "/mcp" ? $"{service}__echo" : "echo";
                        var parameters = $$"""{"name":"{{name}}","arguments":{},"uri":"file:///x","level":"debug","ref":{"type":"ref/prompt","name":"{{name}}"},"argument":{"name":"a","value":"b"} }""";
                        var (_, legacy) = await gateway.SendAsync(HttpMethod.Post, path, $$"""{"jsonrpc":"2.0","id":7,"method":"{{method}}","params":{{parameters}} }""",
                            ("Accept", "application/json, text/event-stream"), ("Mcp-Session-Id", session), ("MCP-Protocol-Version", "2025-11-25"));
                        asked.Add($"{method} {legacy}");
                        if (path != "/mcp") break;
                    }
                }
            }
        }

        // The canaries did arrive where they belong, or this would prove nothing.
        Assert.Contains(good.All, one => one.Header("Authorization") == $"Bearer {Canary}bearer" && one.Header("X-Key") == $"{Canary}header");
        Assert.Contains(listening.Heard, line => line.StartsWith("span ", StringComparison.Ordinal) && line.Contains("tools/call", StringComparison.Ordinal));
        Assert.Contains(listening.Heard, line => line.Contains("mcpregistry.instance=127.0.0.1", StringComparison.Ordinal));
        Assert.Contains(asked, answer => answer.Contains("good-mcp", StringComparison.Ordinal));
        Assert.True(reached is ServiceCondition.Ready or ServiceCondition.Degraded, reached.ToString());
        Assert.Contains(asked, answer => answer.Contains("/s/***/mcp", StringComparison.Ordinal));
        Assert.Contains(asked, answer => answer.Contains("/***/openapi.json?***", StringComparison.Ordinal));
        Assert.Contains(listening.Heard, line => line.Contains("stderr: KEY=***", StringComparison.Ordinal));
        Assert.Contains(listening.Heard, line => line.Contains("no JSON-RPC: junk ***", StringComparison.Ordinal));
        Assert.Contains(listening.Heard, line => line.StartsWith("span ", StringComparison.Ordinal) && line.Contains("resources/read", StringComparison.Ordinal));
        Assert.NotEmpty(events);
        string[] all = [.. listening.Heard, .. asked, events, output.ToString()];
        Assert.Equal([], all.Where(text => text.Contains(Canary, StringComparison.OrdinalIgnoreCase)).Select(text => text[..Math.Min(text.Length, 2_000)]));
    }

    private static async Task<string> HearEventsAsync(WholeGateway gateway, CancellationToken end)
    {
        var heard = new StringWriter();
        try
        {
            using var response = await gateway.Http.GetAsync("/api/events", HttpCompletionOption.ResponseHeadersRead, end);
            using var lines = new StreamReader(await response.Content.ReadAsStreamAsync(end));
            while (await lines.ReadLineAsync(end) is { } line) await heard.WriteLineAsync(line.AsMemory(), CancellationToken.None);
        }
        catch (OperationCanceledException) { }
        return heard.ToString();
    }

    // An own tool of each service fails in its own way.
    private static Task AnswerAsync(HttpContext context, Received request) => request.Method switch
    {
        "tools/list" => ScriptedServer.ResultAsync(context, request, """{"tools":[{"name":"echo","inputSchema":{"type":"object"}}]}"""),
        "prompts/list" => ScriptedServer.ResultAsync(context, request, """{"prompts":[{"name":"echo"}]}"""),
        "resources/list" => ScriptedServer.ResultAsync(context, request, """{"resources":[{"uri":"file:///x","name":"x"}]}"""),
        "tools/call" => BreakAsync(context),
        _ => ScriptedServer.ResultAsync(context, request, "{}"),
    };

    private static Task BreakAsync(HttpContext context)
    {
        context.Abort();
        return Task.CompletedTask;
    }

    private static Task PlainAsync(HttpContext context)
    {
        if (!context.Request.Path.Value!.EndsWith("openapi.json", StringComparison.Ordinal)) return ScriptedServer.JsonAsync(context, context.Request.Method == "GET" ? 200 : 500, "{}");
        return ScriptedServer.JsonAsync(context, 200, """{"openapi":"3.1.0","info":{"title":"t","version":"1"},"paths":{"/echo":{"post":{"operationId":"echo","responses":{"200":{"description":"ok"}}}}}}""");
    }

    [GeneratedRegex(@"\{\*{0,2}([a-z_]+)[^}]*\}")]
    private static partial Regex Places();

    [GeneratedRegex(@"(?i)mcp-session-id: (\S+)")]
    private static partial Regex Session();
}
