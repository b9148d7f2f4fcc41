using System.Text.Json;

using McpRegistry.Core.Cluster;
using McpRegistry.Tests.Acceptance.Harness;
using McpRegistry.Tests.Api.Harness;
using McpRegistry.Tests.Redis;
using McpRegistry.Tests.Storage;

using Microsoft.Extensions.Logging.Testing;

namespace McpRegistry.Tests.Cluster.Hostile;

/// <summary>Whole gateways on a real Redis to which somebody else writes: registrations that start programs, read variables, or were changed.</summary>
public sealed class HostileRecordTests : IAsyncLifetime
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(30);

    private readonly Acceptance.Harness.TemporaryFolder _folder = new();
    private readonly FakeLoggerProvider _log = new();
    private readonly Thief _thief = new();
    private RedisServerProcess _server = null!;
    private HostileRedis _redis = null!;

    public async Task InitializeAsync()
    {
        if (RedisServerProcess.WhyNot is not null) return;
        _server = await RedisServerProcess.StartAsync();
        _redis = new HostileRedis(_server);
    }

    public async Task DisposeAsync()
    {
        if (_server is not null)
        {
            await _redis.DisposeAsync();
            await _server.DisposeAsync();
        }
        await _thief.DisposeAsync();
        _log.Dispose();
        _folder.Dispose();
    }

    private string Pwned => _folder.File("pwned");

    [RedisTheory]
    [InlineData(true, true)]
    [InlineData(true, false)]
    [InlineData(false, true)]
    [InlineData(false, false)]
    public async Task A_program_written_into_Redis_is_not_started_whether_programs_are_allowed_or_not(bool hasKey, bool allowsPrograms)
    {
        await using var gateway = await StartAsync(hasKey, allowsPrograms);

        foreach (var origin in (string[])["file", "discovery", "api"])
            await _redis.PlantAsync($"evil-{origin}", $$$"""{"name":"evil-{{{origin}}}","protocol":"stdio","origin":"{{{origin}}}","config":{"command":"/bin/sh","args":["-c","id > {{{Pwned}}}"]}}""");
        await _redis.PlantAsync("evil-http", $$$"""{"name":"evil-http","protocol":"http","base_url":"http://127.0.0.1:1/","config":{"command":"/bin/sh","args":["-c","id > {{{Pwned}}}"]}}""");
        await HasReadAllAsync(gateway, hasKey);

        foreach (var origin in (string[])["file", "discovery", "api"])
        {
            if (hasKey)
            {
                Assert.Equal(404, (await gateway.SendAsync(HttpMethod.Get, $"/api/services/evil-{origin}")).Status);
                continue;
            }
            var shown = await JsonAsync(gateway, $"/api/services/evil-{origin}");
            Assert.Equal(("api", "not_allowed", 0), (shown.GetProperty("origin").GetString(), shown.GetProperty("state").GetString(), shown.GetProperty("instance_count").GetInt32()));
            Assert.NotNull(shown.GetProperty("reason").GetString());
            Assert.Equal(503, (await gateway.SendAsync(HttpMethod.Post, $"/api/services/evil-{origin}/call", """{"tool":"x","args":{}}""")).Status);
            Assert.Equal(204, (await gateway.SendAsync(HttpMethod.Delete, $"/api/services/evil-{origin}")).Status);
        }
        Assert.Equal(404, (await gateway.SendAsync(HttpMethod.Get, "/api/services/evil-http")).Status);
        Assert.False(File.Exists(Pwned));
    }

    [RedisTheory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task No_variable_and_no_file_of_the_gateway_leaves_for_what_was_written_into_Redis(bool hasKey)
    {
        await using var gateway = await StartAsync(hasKey, allowsPrograms: true);
        string[] leaks =
        [
            "\"api_key\":\"env:PATH\"", "\"api_key\":\"file:/etc/hostname\"", "\"config\":{\"headers\":{\"X-A\":\"env:PATH\"}}", "\"config\":{\"headers\":{\"X-A\":\"${PATH}\"}}",
            "\"config\":{\"headers\":{\"X-A\":\"before ${env:PATH:-x} behind\"}}", "\"type\":\"fastapi\",\"config\":{\"headers\":{\"X-A\":\"file:/etc/hostname\"}}",
        ];

        for (var at = 0; at < leaks.Length; at++) await _redis.PlantAsync($"leak-{at}", $$"""{"name":"leak-{{at}}","base_url":"{{_thief.Address}}leak",{{leaks[at]}}}""");
        await HasReadAllAsync(gateway, hasKey);

        foreach (var service in (await JsonAsync(gateway, "/api/services")).GetProperty("services").EnumerateArray().Where(one => one.GetProperty("name").GetString()!.StartsWith("leak-", StringComparison.Ordinal)))
            Assert.Equal("not_allowed", service.GetProperty("state").GetString());
        Assert.DoesNotContain(_thief.Got, got => got.Contains("/leak", StringComparison.Ordinal));
    }

    [RedisFact]
    public async Task A_stored_key_does_not_follow_an_address_that_somebody_changed()
    {
        await using var server = new Thief();
        await using var gateway = await StartAsync(hasKey: true, allowsPrograms: false);
        var registration = $$"""{"name":"bank","base_url":"{{server.Address}}mcp","api_key":"CANARY-literal-key"}""";
        Assert.Equal(201, (await gateway.SendAsync(HttpMethod.Post, "/api/services", registration)).Status);
        await Eventually.TrueAsync(() => server.Got.Any(got => got.Contains("CANARY-literal-key", StringComparison.Ordinal)), Patience, "its own server gets the key");

        var record = await _redis.RecordAsync("bank");
        Assert.DoesNotContain("CANARY", record, StringComparison.Ordinal);
        var moved = record.Replace(server.Address.AbsoluteUri, _thief.Address.AbsoluteUri, StringComparison.Ordinal);
        Assert.NotEqual(record, moved);
        await _redis.PlantAsync("bank", moved);
        // Without the seal, under another seal, and under the seal of another record.
        await _redis.PlantAsync("bank", "{" + moved[(moved.IndexOf("\",", StringComparison.Ordinal) + 2)..]);
        await _redis.PlantAsync("copy", record);
        await HasReadAllAsync(gateway, hasKey: true);

        Assert.Empty(_thief.Got);
        Assert.Equal(404, (await gateway.SendAsync(HttpMethod.Get, "/api/services/copy")).Status);
    }

    [RedisFact]
    public async Task An_older_version_that_was_put_back_does_not_win_and_goes_again()
    {
        await using var gateway = await StartAsync(hasKey: true, allowsPrograms: false);
        await gateway.SendAsync(HttpMethod.Post, "/api/services", """{"name":"bank","base_url":"http://127.0.0.1:1/old"}""");
        var old = await _redis.RecordAsync("bank");
        Assert.Equal(200, (await gateway.SendAsync(HttpMethod.Put, "/api/services/bank", """{"name":"bank","base_url":"http://127.0.0.1:1/new"}""")).Status);
        var newest = await _redis.RecordAsync("bank");

        await _redis.PlantAsync("bank", old);
        await HasReadAllAsync(gateway, hasKey: true);

        Assert.EndsWith("/new", (await JsonAsync(gateway, "/api/services/bank")).GetProperty("base_url").GetString(), StringComparison.Ordinal);
        await Eventually.TrueAsync(async () => (await _redis.RecordAsync("bank")).Contains("/new", StringComparison.Ordinal), Patience, "the newer one is in Redis again");
        Assert.NotEqual(old, newest);
        await using var other = await StartAsync(hasKey: true, allowsPrograms: false);
        Assert.EndsWith("/new", (await JsonAsync(other, "/api/services/bank")).GetProperty("base_url").GetString(), StringComparison.Ordinal);
    }

    [RedisFact]
    public async Task What_an_earlier_version_wrote_is_left_out_until_it_is_accepted_once_and_then_sealed()
    {
        await using (var before = await StartAsync(hasKey: false, allowsPrograms: false))
            Assert.Equal(201, (await before.SendAsync(HttpMethod.Post, "/api/services", """{"name":"old","base_url":"http://127.0.0.1:1/mcp"}""")).Status);
        var unsealed = await _redis.RecordAsync("old");

        await using (var careful = await StartAsync(hasKey: true, allowsPrograms: false))
        {
            Assert.Equal(404, (await careful.SendAsync(HttpMethod.Get, "/api/services/old")).Status);
            Assert.Contains(_log.Collector.GetSnapshot(), entry => entry.Message.Contains("AcceptUnsealed", StringComparison.Ordinal));
            Assert.Equal(unsealed, await _redis.RecordAsync("old"));
        }
        await using (var accepting = await StartAsync(hasKey: true, allowsPrograms: false, ("McpRegistry:Redis:AcceptUnsealed", "true")))
            Assert.Equal(200, (await accepting.SendAsync(HttpMethod.Get, "/api/services/old")).Status);
        Assert.StartsWith("{\"seal\":\"v1.", await _redis.RecordAsync("old"), StringComparison.Ordinal);

        await using var after = await StartAsync(hasKey: true, allowsPrograms: false);
        Assert.Equal(200, (await after.SendAsync(HttpMethod.Get, "/api/services/old")).Status);
    }

    [RedisFact]
    public async Task Without_a_key_a_program_or_a_reference_is_refused_when_it_is_registered_and_the_answer_says_what_to_do()
    {
        await using var gateway = await StartAsync(hasKey: false, allowsPrograms: true);

        var program = await gateway.SendAsync(HttpMethod.Post, "/api/services", """{"name":"p","protocol":"stdio","config":{"command":"sh"}}""");
        var reference = await gateway.SendAsync(HttpMethod.Post, "/api/services", """{"name":"r","base_url":"http://127.0.0.1:1/","api_key":"env:PATH"}""");
        var plain = await gateway.SendAsync(HttpMethod.Post, "/api/services", """{"name":"h","base_url":"http://127.0.0.1:1/"}""");

        Assert.Equal((403, 403, 201), (program.Status, reference.Status, plain.Status));
        Assert.Contains("McpRegistry:Redis:SecretKey", program.All, StringComparison.Ordinal);
        Assert.Contains("McpRegistry:Redis:SecretKey", reference.All, StringComparison.Ordinal);
    }

    private Task<WholeGateway> StartAsync(bool hasKey, bool allowsPrograms, params (string Name, string Value)[] more)
    {
        var settings = new Dictionary<string, string>
        {
            ["ConnectionStrings:redis"] = _server.ConnectionString,
            ["McpRegistry:Redis:CommandTimeout"] = "00:00:10",
            ["McpRegistry:Http:AllowStdioRegistration"] = allowsPrograms ? "true" : "false",
            ["McpRegistry:Http:DrainDelay"] = "00:00:00",
        };
        if (hasKey) settings["McpRegistry:Redis:SecretKey"] = RedisProcess.SecretKey;
        foreach (var (name, value) in more) settings[name] = value;
        return WholeGateway.StartAsync(settings, _log);
    }

    /// <summary>Messages are read in order: once this is there, everything before it was.</summary>
    private async Task HasReadAllAsync(WholeGateway gateway, bool hasKey)
    {
        const string last = """{"name":"last","base_url":"http://127.0.0.1:1/"}""";
        if (hasKey) Assert.Equal(201, (await gateway.SendAsync(HttpMethod.Post, "/api/services", last)).Status);
        else await _redis.PlantAsync("last", last);
        await Eventually.TrueAsync(async () => (await gateway.SendAsync(HttpMethod.Get, "/api/services/last")).Status == 200, Patience, "everything is read");
        var version = (long)await _redis.DoAsync("GET", ":version");
        await Eventually.TrueAsync(() => gateway.Get<SharedView>().Position is { } at && at.Version >= version, Patience, "it is in step with Redis");
    }

    private static async Task<JsonElement> JsonAsync(WholeGateway gateway, string path)
    {
        var (status, all) = await gateway.SendAsync(HttpMethod.Get, path);
        Assert.Equal(200, status);
        return JsonElement.Parse(all[all.IndexOf("\n{", StringComparison.Ordinal)..]);
    }
}
