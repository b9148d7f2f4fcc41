using System.Collections.Immutable;

using McpRegistry.Core.Registration;
using McpRegistry.Core.Upstream.Http;

namespace McpRegistry.Tests.Upstream.Http;

/// <summary>Where the secrets of a service go, whatever led a request there.</summary>
public sealed class InstanceCredentialsTests
{
    private static readonly ServiceRegistration Registration = new()
    {
        Name = "bank",
        BaseUrl = new Uri("https://bank.example/mcp"),
        ApiKey = "key",
        Config = new ServiceConfig { Instances = [new Uri("http://127.0.0.1:8443/mcp")], Headers = ImmutableSortedDictionary<string, string>.Empty.Add("X-Key", "header") },
    };

    [Theory]
    [InlineData("https://bank.example/mcp")]
    [InlineData("https://bank.example:443/other?x=1")]
    [InlineData("https://BANK.example/messages")]
    [InlineData("http://127.0.0.1:8443/")]
    public void They_go_to_the_origins_of_its_addresses(string address) => Assert.Equal("Bearer key|header", SentTo(address));

    [Theory]
    [InlineData("http://bank.example/mcp")]
    [InlineData("https://bank.example:8443/mcp")]
    [InlineData("https://bank.example.evil.example/mcp")]
    [InlineData("https://evil.example/mcp?https://bank.example")]
    [InlineData("https://bank.example@evil.example/mcp")]
    [InlineData("http://127.0.0.1:8444/")]
    [InlineData("http://127.0.0.1/")]
    [InlineData("http://localhost:8443/mcp")]
    public void And_to_no_other(string address) => Assert.Equal("|", SentTo(address));

    [Fact]
    public void One_that_went_out_before_opens_no_way_for_another()
    {
        var credentials = new InstanceCredentials(Registration, new SecretResolver(_ => null), TimeProvider.System);
        string[] addresses = ["https://bank.example/mcp", "https://evil.example/mcp", "https://bank.example/mcp"];

        Assert.Equal(["Bearer key|header", "|", "Bearer key|header"], addresses.Select(address => SentTo(address, credentials)));
    }

    private static string SentTo(string address) => SentTo(address, new InstanceCredentials(Registration, new SecretResolver(_ => null), TimeProvider.System));

    private static string SentTo(string address, InstanceCredentials credentials)
    {
        using var request = new HttpRequestMessage(HttpMethod.Post, address);
        credentials.AddTo(request);
        return string.Join('|', ((string[])["Authorization", "X-Key"]).Select(name => request.Headers.NonValidated.TryGetValues(name, out var values) ? values.ToString() : ""));
    }
}
