using McpRegistry.Tests.Acceptance.Harness;
using McpRegistry.Tests.Api.Harness;
using McpRegistry.Tests.Cluster.Hostile;

namespace McpRegistry.Tests.Api;

/// <summary>Secrets of a service, and addresses they were not given for.</summary>
public sealed class SecretOriginRoutesTests : IAsyncLifetime
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(30);

    private readonly Thief _bank = new();
    private readonly Thief _thief = new();
    private WholeGateway _gateway = null!;

    public async Task InitializeAsync() => _gateway = await WholeGateway.StartAsync();

    public async Task DisposeAsync()
    {
        await _gateway.DisposeAsync();
        await _bank.DisposeAsync();
        await _thief.DisposeAsync();
    }

    [Theory]
    [InlineData("\"api_key\":\"CANARY\"")]
    [InlineData("\"api_key\":\"env:PATH\"")]
    [InlineData("\"config\":{\"headers\":{\"X-Key\":\"CANARY\"}}")]
    [InlineData("\"config\":{\"headers\":{\"X-Key\":\"${PATH}\"}}")]
    [InlineData("\"type\":\"fastapi\",\"api_key\":\"CANARY\"")]
    [InlineData("\"type\":\"external\",\"api_key\":\"CANARY\",\"config\":{\"trusted\":true}")]
    public async Task Another_instance_does_not_get_the_secrets_of_the_first_by_being_added(string secret)
    {
        await RegisterAsync(secret);

        var added = await _gateway.SendAsync(HttpMethod.Post, "/api/services/bank/instances", $$"""{"base_url":"{{_thief.Address}}mcp"}""");

        Assert.Equal(400, added.Status);
        Assert.Contains("base_url", added.All, StringComparison.Ordinal);
        Assert.Contains("PUT", added.All, StringComparison.Ordinal);
        for (var i = 0; i < 5; i++) await _gateway.SendAsync(HttpMethod.Post, "/api/services/bank/call", """{"tool":"x","args":{"iban":"CANARY"}}""");
        Assert.Empty(_thief.Got);
        // Where the same server listens, it may have more instances.
        Assert.Equal(201, (await _gateway.SendAsync(HttpMethod.Post, "/api/services/bank/instances", $$"""{"base_url":"{{_bank.Address}}other"}""")).Status);
    }

    [Theory]
    [InlineData("\"base_url\":\"THIEF\",\"api_key\":\"***\"", "api_key")]
    [InlineData("\"base_url\":\"BANK\",\"api_key\":\"***\",\"config\":{\"instances\":[\"THIEF\"]}", "api_key")]
    [InlineData("\"base_url\":\"THIEF\",\"api_key\":\"again\",\"config\":{\"headers\":{\"X-Key\":\"***\"}}", "X-Key")]
    [InlineData("\"base_url\":\"THIEF\",\"type\":\"fastapi\",\"api_key\":\"***\"", "api_key")]
    public async Task A_mask_stands_for_no_secret_at_another_address(string registration, string field)
    {
        await RegisterAsync("\"api_key\":\"CANARY\",\"config\":{\"headers\":{\"X-Key\":\"CANARY\"}}");

        var put = await _gateway.SendAsync(HttpMethod.Put, "/api/services/bank", "{\"name\":\"bank\"," + Addressed(registration) + "}");

        Assert.Equal(400, put.Status);
        Assert.Contains(field, put.All, StringComparison.Ordinal);
        Assert.Contains("Give the value or the reference again", put.All, StringComparison.Ordinal);
        Assert.Empty(_thief.Got);
    }

    [Fact]
    public async Task Secrets_that_are_given_again_go_to_the_new_address_and_masks_stay_good_for_the_old_ones()
    {
        await RegisterAsync("\"api_key\":\"CANARY-1\"");

        Assert.Equal(200, (await PutAsync("\"base_url\":\"BANK\",\"api_key\":\"***\",\"tags\":[\"a\"]")).Status);
        Assert.Equal(200, (await PutAsync("\"base_url\":\"BANK\",\"api_key\":\"CANARY-2\",\"config\":{\"instances\":[\"THIEF\"]}")).Status);
        await Eventually.TrueAsync(() => _thief.Got.Any(got => got.Contains("Bearer CANARY-2", StringComparison.Ordinal)), Patience, "the second address gets what was given for it");
        Assert.DoesNotContain(_thief.Got, got => got.Contains("CANARY-1", StringComparison.Ordinal));
        // Fewer addresses ask for nothing.
        Assert.Equal(200, (await PutAsync("\"base_url\":\"BANK\",\"api_key\":\"***\"")).Status);
    }

    [Fact]
    public async Task A_program_with_other_arguments_does_not_get_the_variables_of_the_first()
    {
        Assert.Equal(201, (await _gateway.SendAsync(HttpMethod.Post, "/api/services", """{"name":"p","protocol":"stdio","config":{"command":"sh","args":["-c","exit"],"env":{"KEY":"CANARY"}}}""")).Status);

        var other = await _gateway.SendAsync(HttpMethod.Put, "/api/services/p", """{"name":"p","protocol":"stdio","config":{"command":"sh","args":["-c","echo $KEY"],"env":{"KEY":"***"}}}""");
        var same = await _gateway.SendAsync(HttpMethod.Put, "/api/services/p", """{"name":"p","protocol":"stdio","tags":["a"],"config":{"command":"sh","args":["-c","exit"],"env":{"KEY":"***"}}}""");

        Assert.Equal((400, 200), (other.Status, same.Status));
    }

    private async Task RegisterAsync(string secret)
    {
        Assert.Equal(201, (await _gateway.SendAsync(HttpMethod.Post, "/api/services", "{\"name\":\"bank\"," + Addressed("\"base_url\":\"BANK\",") + secret + "}")).Status);
        await Eventually.TrueAsync(() => _bank.Got.Length > 0, Patience, "its own server is asked");
    }

    private Task<(int Status, string All)> PutAsync(string registration) => _gateway.SendAsync(HttpMethod.Put, "/api/services/bank", "{\"name\":\"bank\"," + Addressed(registration) + "}");

    private string Addressed(string text) => text.Replace("BANK", $"{_bank.Address}mcp", StringComparison.Ordinal).Replace("THIEF", $"{_thief.Address}mcp", StringComparison.Ordinal);
}
