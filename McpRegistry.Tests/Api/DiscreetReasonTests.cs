using System.Net;
using System.Net.Sockets;

using McpRegistry.Core.State;
using McpRegistry.Core.Upstream;
using McpRegistry.Tests.Acceptance.Harness;
using McpRegistry.Tests.Api.Harness;
using McpRegistry.Tests.Upstream.Http;

namespace McpRegistry.Tests.Api;

/// <summary>What a service's reason tells of an address: everything to the operator whose file named it, nothing of the network to REST.</summary>
public sealed class DiscreetReasonTests
{
    [Fact]
    public async Task Reasons_of_what_REST_registered_tell_no_open_port_from_a_closed_one()
    {
        using var log = new Listening();
        using var silent = new TcpListener(IPAddress.Loopback, 0);
        silent.Start();
        await using var web = await RawServer.StartAsync(context =>
        {
            context.Response.StatusCode = 404;
            return Task.CompletedTask;
        });
        var closed = FreePort.Find();
        Dictionary<string, string> addresses = new()
        {
            ["closed"] = $"http://127.0.0.1:{closed}/mcp",
            ["silent"] = $"http://{silent.LocalEndpoint}/mcp",
            ["no-tls"] = $"https://127.0.0.1:{web.Base.Port}/mcp",
            ["web"] = $"{web.Base}mcp",
            ["no-name"] = "http://no-such-name.invalid/mcp",
        };
        var file = "{\"mcpServers\":{" + string.Join(",", addresses.Where(one => one.Key != "no-name").Select(one => $$"""
            "file-{{one.Key}}":{"url":"{{one.Value}}","timeouts":{"startup":1} }
            """)) + "}}";
        await using var gateway = await WholeGateway.StartAsync(log: log, servers: file);
        foreach (var (name, url) in addresses)
        {
            var (status, answer) = await gateway.SendAsync(HttpMethod.Post, "/api/services", $$"""{"name":"{{name}}","base_url":"{{url}}","config":{"timeouts":{"startup":1} } }""");
            Assert.True(status == 201, answer);
        }
        var (plain, refused) = await gateway.SendAsync(HttpMethod.Post, "/api/services", $$"""{"name":"plain","type":"fastapi","base_url":"{{addresses["closed"]}}"}""");
        Assert.True(plain == 201, refused);
        await WholeGateway.UntilAsync(
            () => gateway.State.Current.Services.Values.All(one => one.Condition == ServiceCondition.Unavailable),
            () => string.Join("; ", gateway.State.Current.Services.Values.Select(one => $"{one.Name} {one.Condition} {one.Reason}")));

        var reasons = gateway.State.Current.Services.Values.ToDictionary(one => one.Name, one => one.Reason!);
        Assert.Equal(["It cannot be reached, or does not speak what it should; the gateway's log has the reason."], reasons.Where(one => !one.Key.StartsWith("file-", StringComparison.Ordinal)).Select(one => one.Value).Distinct());
        Assert.Contains("ConnectionRefused", reasons["file-closed"], StringComparison.Ordinal);
        Assert.Contains("TLS", reasons["file-no-tls"], StringComparison.Ordinal);
        Assert.Contains("404", reasons["file-web"], StringComparison.Ordinal);
        // The operator reads why.
        Assert.Contains(log.Heard, line => line.Contains("closed/", StringComparison.Ordinal) && line.Contains("ConnectionRefused", StringComparison.Ordinal));
        foreach (var path in (string[])["/api/services", "/api/services/closed", "/api/services/closed/health", "/api/services/web/health", "/api/services/no-tls/instances"])
        {
            var (_, text) = await gateway.SendAsync(HttpMethod.Get, path);
            foreach (var word in (string[])["Refused", "TLS", "HTTP 404", "TimedOut", "HostNotFound"])
                Assert.True(path == "/api/services" || !text.Contains(word, StringComparison.Ordinal), text);
        }
    }

    [Fact]
    public async Task The_gateways_own_address_is_refused_by_a_sentence_however_it_is_spelt()
    {
        await using var gateway = await WholeGateway.StartAsync();
        var port = gateway.Http.BaseAddress!.Port;
        string[] urls = [$"http://127.0.0.1:{port}/mcp", $"http://[::ffff:127.0.0.1]:{port}/mcp", $"http://2130706433:{port}/mcp"];
        for (var i = 0; i < urls.Length; i++) await gateway.SendAsync(HttpMethod.Post, "/api/services", $$"""{"name":"self-{{i}}","base_url":"{{urls[i]}}"}""");

        await WholeGateway.UntilAsync(() => gateway.State.Current.Services.Values.All(one => one.Condition == ServiceCondition.Unavailable), () => "all are known to be away");

        Assert.Equal(["It is this gateway itself."], gateway.State.Current.Services.Values.Select(one => one.Reason).Distinct());
    }

    [Fact]
    public async Task In_a_trusted_network_REST_reaches_what_is_allowed_and_the_file_what_it_names()
    {
        await using var server = await ScriptedServer.StartAsync(ProtocolEra.Modern, ScriptedServerAnswers.Echo);
        var file = $$$"""{"mcpServers":{"of-file":{"url":"{{{server.Mcp}}}"} } }""";
        await using (var gateway = await WholeGateway.StartAsync(new() { ["McpRegistry:Http:TrustedNetwork"] = "true" }, servers: file))
        {
            await gateway.SendAsync(HttpMethod.Post, "/api/services", $$"""{"name":"of-rest","base_url":"{{server.Mcp}}"}""");
            await WholeGateway.UntilAsync(() => ConditionOf(gateway, "of-rest") == ServiceCondition.Unavailable && ConditionOf(gateway, "of-file") is ServiceCondition.Ready or ServiceCondition.Degraded, () => "one is there, one is not");
            Assert.Contains("McpRegistry:Egress:Allow", gateway.State.Current.Services["of-rest"].Reason, StringComparison.Ordinal);
        }

        await using var allowing = await WholeGateway.StartAsync(new() { ["McpRegistry:Http:TrustedNetwork"] = "true", ["McpRegistry:Egress:Allow:0"] = "127.0.0.0/8" });
        await allowing.SendAsync(HttpMethod.Post, "/api/services", $$"""{"name":"of-rest","base_url":"{{server.Mcp}}"}""");
        await WholeGateway.UntilAsync(() => ConditionOf(allowing, "of-rest") is ServiceCondition.Ready or ServiceCondition.Degraded, () => "it is there");
    }

    private static ServiceCondition ConditionOf(WholeGateway gateway, string name) => gateway.State.Current.Services[name].Condition;
}
