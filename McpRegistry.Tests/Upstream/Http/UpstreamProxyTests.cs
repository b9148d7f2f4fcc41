using System.Net;
using System.Net.Sockets;

using McpRegistry.Core.Upstream;
using McpRegistry.Core.Upstream.Http.Egress;

using Microsoft.Extensions.Options;

namespace McpRegistry.Tests.Upstream.Http;

public sealed class UpstreamProxyTests
{
    private readonly Dictionary<string, string> _names = new()
    {
        ["far.test"] = "203.0.113.7",
        ["metadata.test"] = "169.254.169.254",
        ["here.test"] = "127.0.0.1",
    };

    private int _directConnections;

    /// <summary>A proxy gets the whole address in the request line; this one answers for everybody.</summary>
    [Theory]
    [InlineData("far.test")]
    [InlineData("only-the-proxy-knows.test")]
    public async Task A_service_beyond_this_machine_is_reached_through_the_proxy(string host)
    {
        await using var proxy = await ScriptedServer.StartAsync(ProtocolEra.Modern, ScriptedServerAnswers.Echo);
        await using var upstream = new UpstreamUnderTest(new Uri($"http://{host}/mcp"), egress: Egress(proxy.Mcp));
        await upstream.ConnectAsync();

        using var reply = await upstream.CallAsync(arguments: "{\"a\":1}");

        Assert.Equal("{\"a\":1}", reply.ResultText());
        Assert.Equal(host, proxy.Only("tools/call").Header("Host"));
    }

    [Theory]
    [InlineData("http://169.254.169.254/mcp")]
    [InlineData("http://metadata.test/mcp")]
    [InlineData("https://metadata.test/mcp")]
    public async Task The_guard_decides_about_the_target_and_the_proxy_hears_nothing_of_it(string target)
    {
        await using var proxy = await ScriptedServer.StartAsync(ProtocolEra.Modern, ScriptedServerAnswers.Echo);
        await using var upstream = new UpstreamUnderTest(new Uri(target), egress: Egress(proxy.Mcp));

        var failure = await Assert.ThrowsAsync<UpstreamException>(upstream.ConnectAsync);

        Assert.Contains("not allowed", failure.Message, StringComparison.Ordinal);
        Assert.Empty(proxy.All);
        Assert.Equal(0, _directConnections);
    }

    [Theory]
    [InlineData("127.0.0.1")]
    [InlineData("localhost")]
    [InlineData("here.test")]
    public async Task This_machine_is_never_reached_through_it(string host)
    {
        _names["localhost"] = "127.0.0.1";
        await using var proxy = await ScriptedServer.StartAsync(ProtocolEra.Modern, ScriptedServerAnswers.Echo);
        await using var server = await ScriptedServer.StartAsync(ProtocolEra.Modern, ScriptedServerAnswers.Echo);
        await using var upstream = new UpstreamUnderTest(new UriBuilder(server.Mcp) { Host = host }.Uri, egress: Egress(proxy.Mcp));

        await upstream.ConnectAsync();

        Assert.Equal(1, server.Count("server/discover"));
        Assert.Empty(proxy.All);
    }

    [Theory]
    [InlineData("http://far.test/mcp", true)]
    [InlineData("http://FAR.example.com/mcp", false)]
    [InlineData("http://example.com/mcp", true)]
    [InlineData("http://exact.test/mcp", false)]
    [InlineData("http://not-exact.test/mcp", true)]
    [InlineData("http://[::1]/mcp", false)]
    [InlineData("http://127.3.2.1/mcp", false)]
    public void Exceptions_are_reached_directly(string target, bool isProxied)
    {
        var proxy = UpstreamProxy.Of(new UpstreamOptions { Proxy = "http://127.0.0.1:3128", NoProxy = ["*.example.com", " exact.test "] }, new PlainSecrets())!;

        Assert.Equal(isProxied, proxy.IsFor(new Uri(target)));
    }

    [Fact]
    public void Its_address_may_be_a_secret_with_a_password_which_goes_to_nobody_else()
    {
        var secrets = new PlainSecrets(("env:PROXY", "http://me:p%40ss@127.0.0.1:3128"));

        var server = (WebProxy)UpstreamProxy.Of(new UpstreamOptions { Proxy = "env:PROXY" }, secrets)!.Server;

        Assert.Equal(new Uri("http://127.0.0.1:3128"), server.Address);
        Assert.Equal(("me", "p@ss"), (((NetworkCredential)server.Credentials!).UserName, ((NetworkCredential)server.Credentials!).Password));
    }

    [Theory]
    [InlineData("proxy:3128")]
    [InlineData("ftp://proxy:3128")]
    [InlineData("nonsense")]
    [InlineData("env:NOT_SET")]
    public void A_setting_that_is_no_proxy_is_refused_by_its_name(string setting)
    {
        var refused = Assert.Throws<OptionsValidationException>(() => UpstreamProxy.Of(new UpstreamOptions { Proxy = setting }, new PlainSecrets()));

        Assert.Contains("McpRegistry:Upstream:Proxy", refused.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(null)]
    [InlineData("")]
    public void It_is_off_unless_it_is_wanted(string? setting) => Assert.Null(UpstreamProxy.Of(new UpstreamOptions { Proxy = setting }, new PlainSecrets()));

    private EgressHandler Egress(Uri proxy) => new(
        new EgressGuard(ResolveAsync, OpenAsync), UpstreamProxy.Of(new UpstreamOptions { Proxy = proxy.GetLeftPart(UriPartial.Authority) }, new PlainSecrets()));

    private Task<IPAddress[]> ResolveAsync(string host, CancellationToken cancellationToken) =>
        _names.TryGetValue(host, out var address) ? Task.FromResult<IPAddress[]>([IPAddress.Parse(address)]) : throw new SocketException((int)SocketError.HostNotFound);

    // Only loopback is really connected to; anything else would leave this machine.
    private async ValueTask<Stream> OpenAsync(IPEndPoint endpoint, CancellationToken cancellationToken)
    {
        if (!IPAddress.IsLoopback(endpoint.Address))
        {
            Interlocked.Increment(ref _directConnections);
            throw new SocketException((int)SocketError.NetworkUnreachable);
        }

        var socket = new Socket(SocketType.Stream, ProtocolType.Tcp);
        await socket.ConnectAsync(endpoint, cancellationToken);
        return new NetworkStream(socket, ownsSocket: true);
    }
}
