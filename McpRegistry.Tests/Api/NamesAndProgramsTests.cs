using System.Text.Json;

using McpRegistry.Tests.Acceptance.Harness;
using McpRegistry.Tests.Api.Harness;

namespace McpRegistry.Tests.Api;

/// <summary>What a whole gateway makes of names that were taken over REST, and of programs that were registered while that was allowed.</summary>
public sealed class NamesAndProgramsTests : IDisposable
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(30);
    private const string NoServers = """{"mcpServers":{}}""";
    private const string FromFile = """{"mcpServers":{"github":{"url":"http://127.0.0.1:1/of-the-operator"}}}""";

    private readonly Acceptance.Harness.TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task A_name_taken_over_REST_goes_to_the_file_when_it_is_edited_and_stays_there_after_a_restart()
    {
        await WriteFileAsync(NoServers);
        await using (var gateway = await StartAsync())
        {
            Assert.Equal(201, (await gateway.SendAsync(HttpMethod.Post, "/api/services", """{"name":"github","base_url":"http://127.0.0.1:1/of-the-attacker"}""")).Status);
            await WriteFileAsync(FromFile);
            await Eventually.TrueAsync(async () => (await OriginAsync(gateway)) == "file", Patience, "the file's is served");
        }

        await using var again = await StartAsync();
        var shown = await ShownAsync(again);
        Assert.Equal(("file", "http://127.0.0.1:1/of-the-operator"), (shown.GetProperty("origin").GetString(), shown.GetProperty("base_url").GetString()));
        var shadowed = Assert.Single(shown.GetProperty("shadowed").EnumerateArray());
        Assert.Equal(("api", "shadowed"), (shadowed.GetProperty("origin").GetString(), shadowed.GetProperty("state").GetString()));
        Assert.Contains("file", shadowed.GetProperty("reason").GetString(), StringComparison.Ordinal);

        await WriteFileAsync(NoServers);
        await Eventually.TrueAsync(async () => await OriginAsync(again) == "api", Patience, "what it hid is there again");
        await WriteFileAsync(FromFile);
        await Eventually.TrueAsync(async () => await OriginAsync(again) == "file", Patience, "the file's is served again");
        Assert.Equal(204, (await again.SendAsync(HttpMethod.Delete, "/api/services/github")).Status);
        shown = await ShownAsync(again);
        Assert.Equal("file", shown.GetProperty("origin").GetString());
        Assert.False(shown.TryGetProperty("shadowed", out _));
        Assert.Equal(409, (await again.SendAsync(HttpMethod.Delete, "/api/services/github")).Status);
    }

    [Fact]
    public async Task A_program_that_was_registered_while_that_was_allowed_is_listed_and_not_started_once_it_is_not()
    {
        var marker = _folder.File("started");
        var program = $$$"""{"name":"tool","protocol":"stdio","config":{"command":"/bin/sh","args":["-c","echo x >> {{{marker}}}"]}}""";
        await WriteFileAsync(NoServers);
        await using (var allowing = await StartAsync("true"))
        {
            Assert.Equal(201, (await allowing.SendAsync(HttpMethod.Post, "/api/services", program)).Status);
            await Eventually.TrueAsync(() => File.Exists(marker), Patience, "it was started");
        }
        File.Delete(marker);

        await using var gateway = await StartAsync("false");
        var shown = await ShownAsync(gateway, "tool");
        Assert.Equal(("not_allowed", 0), (shown.GetProperty("state").GetString(), shown.GetProperty("instance_count").GetInt32()));
        Assert.Contains("McpRegistry:Http:AllowStdioRegistration", shown.GetProperty("reason").GetString(), StringComparison.Ordinal);
        Assert.Equal(503, (await gateway.SendAsync(HttpMethod.Post, "/api/services/tool/call", """{"tool":"x","args":{}}""")).Status);
        Assert.Contains((await gateway.SendAsync(HttpMethod.Post, "/api/services/tool/health/check")).Status, new[] { 200, 202, 404, 503 });
        Assert.Equal(403, (await gateway.SendAsync(HttpMethod.Put, "/api/services/tool", program)).Status);
        Assert.False(File.Exists(marker));

        Assert.Equal(200, (await gateway.SendAsync(HttpMethod.Put, "/api/services/tool", """{"name":"tool","base_url":"http://127.0.0.1:1/"}""")).Status);
        Assert.NotEqual("not_allowed", (await ShownAsync(gateway, "tool")).GetProperty("state").GetString());
    }

    [Theory]
    [InlineData("""{"name":"shell","protocol":"stdio","config":{"command":"sh"}}""")]
    [InlineData("""{"name":"shell","protocol":"http","base_url":"http://127.0.0.1:9","config":{"command":"sh"}}""")]
    public async Task A_program_to_start_is_refused_over_REST(string body)
    {
        await WriteFileAsync(NoServers);
        await using var gateway = await StartAsync("false");
        Assert.Equal(201, (await gateway.SendAsync(HttpMethod.Post, "/api/services", """{"name":"demo","base_url":"http://127.0.0.1:9"}""")).Status);

        var added = await gateway.SendAsync(HttpMethod.Post, "/api/services", body);
        var replaced = await gateway.SendAsync(HttpMethod.Put, "/api/services/demo", body.Replace("shell", "demo", StringComparison.Ordinal));

        Assert.Equal((403, 403), (added.Status, replaced.Status));
        Assert.Contains("tool_denied", added.All, StringComparison.Ordinal);
        Assert.Contains("McpRegistry:Http:AllowStdioRegistration", added.All, StringComparison.Ordinal);
    }

    // As an editor writes it: whole.
    private async Task WriteFileAsync(string text)
    {
        await File.WriteAllTextAsync(_folder.File("draft"), text);
        File.Move(_folder.File("draft"), _folder.File("mcp-servers.json"), overwrite: true);
    }

    private Task<WholeGateway> StartAsync(string allowsPrograms = "false") => WholeGateway.StartAsync(new()
    {
        ["McpRegistry:Storage:Path"] = _folder.File("registry.db"),
        ["McpRegistry:Discovery:File"] = _folder.File("mcp-servers.json"),
        ["McpRegistry:Discovery:PollInterval"] = "00:00:00.200",
        ["McpRegistry:Http:AllowStdioRegistration"] = allowsPrograms,
    });

    private static async Task<string?> OriginAsync(WholeGateway gateway) => (await ShownAsync(gateway)).GetProperty("origin").GetString();

    private static async Task<JsonElement> ShownAsync(WholeGateway gateway, string name = "github")
    {
        var (status, all) = await gateway.SendAsync(HttpMethod.Get, $"/api/services/{name}");
        Assert.Equal(200, status);
        return JsonElement.Parse(all[all.IndexOf("\n{", StringComparison.Ordinal)..]);
    }
}
