using System.Net;
using System.Net.Sockets;

using McpRegistry.Core.Upstream.Http.Egress;

namespace McpRegistry.Tests.Upstream.Http;

public sealed class EgressGuardTests
{
    private readonly List<IPEndPoint> _opened = [];
    private int _lookups;

    [Fact]
    public async Task The_checked_address_is_connected_to_without_a_second_lookup()
    {
        await Guard("10.0.0.7").ConnectAsync(new DnsEndPoint("service.test", 81), false, CancellationToken.None);

        Assert.Equal([new IPEndPoint(IPAddress.Parse("10.0.0.7"), 81)], _opened);
        Assert.Equal(1, _lookups);
    }

    [Theory]
    [InlineData("169.254.169.254")]
    [InlineData("10.0.0.7", "169.254.169.254")]
    [InlineData("169.254.169.254", "10.0.0.7")]
    [InlineData("::ffff:169.254.169.254")]
    public async Task A_name_with_any_forbidden_address_is_refused_before_connecting(params string[] addresses)
    {
        await Assert.ThrowsAsync<EgressDeniedException>(async () => await Guard(addresses).ConnectAsync(new DnsEndPoint("service.test", 80), false, CancellationToken.None));

        Assert.Empty(_opened);
    }

    [Theory]
    [InlineData("169.254.169.254")]
    [InlineData("fd00:ec2::254")]
    public async Task A_literal_address_is_judged_without_a_lookup(string literal)
    {
        await Assert.ThrowsAsync<EgressDeniedException>(async () => await Guard("10.0.0.7").ConnectAsync(new DnsEndPoint(literal, 80), false, CancellationToken.None));

        Assert.Empty(_opened);
        Assert.Equal(0, _lookups);
    }

    [Fact]
    public async Task A_profile_can_restrict_further_but_never_lift()
    {
        var closed = new EgressGuard(Resolve("10.0.0.7"), Open, EgressProfile.Of(new EgressOptions { Allow = { "10.0.0.8" } }, false));
        await Assert.ThrowsAsync<EgressDeniedException>(async () => await closed.ConnectAsync(new DnsEndPoint("a.test", 80), true, CancellationToken.None));
        await closed.ConnectAsync(new DnsEndPoint("a.test", 80), false, CancellationToken.None);

        var open = new EgressGuard(Resolve("169.254.169.254"), Open, EgressProfile.Of(new EgressOptions { Allow = { "0.0.0.0/0", "a.test" } }, false));
        await Assert.ThrowsAsync<EgressDeniedException>(async () => await open.ConnectAsync(new DnsEndPoint("a.test", 80), true, CancellationToken.None));
        Assert.Single(_opened);
    }

    [Fact]
    public async Task The_next_address_is_tried_when_one_does_not_answer()
    {
        var guard = new EgressGuard(Resolve("::1", "127.0.0.1"), (endpoint, token) => endpoint.AddressFamily == AddressFamily.InterNetworkV6
            ? throw new SocketException((int)SocketError.ConnectionRefused)
            : Open(endpoint, token));

        await guard.ConnectAsync(new DnsEndPoint("localhost", 80), false, CancellationToken.None);

        Assert.Equal(IPAddress.Loopback, Assert.Single(_opened).Address);
    }

    [Fact]
    public async Task A_name_without_addresses_is_not_found()
    {
        var failure = await Assert.ThrowsAsync<SocketException>(async () => await Guard().ConnectAsync(new DnsEndPoint("none.test", 80), false, CancellationToken.None));

        Assert.Equal(SocketError.HostNotFound, failure.SocketErrorCode);
    }

    [Theory]
    [InlineData("http://0/")]
    [InlineData("http://2852039166/")]
    [InlineData("http://0xa9.254.169.254/")]
    [InlineData("http://①⑥⑨.②⑤④.①⑥⑨.②⑤④/")]
    [InlineData("http://[::ffff:169.254.169.254]/")]
    public async Task A_request_to_a_disguised_address_never_reaches_the_connector(string url)
    {
        using var egress = new EgressHandler(new EgressGuard(Resolve("169.254.169.254"), Open));
        using var request = new HttpRequestMessage(HttpMethod.Get, url);

        using var lease = egress.Lease(new EgressRoute(TimeSpan.FromSeconds(2)));
        var failure = await Assert.ThrowsAsync<HttpRequestException>(() => lease.SendAsync(request, CancellationToken.None));

        Assert.IsType<EgressDeniedException>(failure.InnerException);
        Assert.Empty(_opened);
    }

    private EgressGuard Guard(params string[] addresses) => new(Resolve(addresses), Open);

    private ResolveHost Resolve(params string[] addresses) => (_, _) =>
    {
        _lookups++;
        return Task.FromResult(addresses.Select(IPAddress.Parse).ToArray());
    };

    private ValueTask<Stream> Open(IPEndPoint endpoint, CancellationToken cancellationToken)
    {
        _opened.Add(endpoint);
        return ValueTask.FromResult<Stream>(new MemoryStream());
    }
}
