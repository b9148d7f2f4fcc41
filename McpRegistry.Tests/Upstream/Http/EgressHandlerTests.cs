using System.Net;
using System.Net.Sockets;
using System.Text;

using McpRegistry.Core.Registration;
using McpRegistry.Core.Upstream;
using McpRegistry.Core.Upstream.Http.Egress;

namespace McpRegistry.Tests.Upstream.Http;

public sealed class EgressHandlerTests : IDisposable
{
    private static readonly EgressRoute Route = new(TimeSpan.FromSeconds(5));

    private readonly EgressHandler _egress = new(EgressGuard.ForNetwork());

    public void Dispose() => _egress.Dispose();

    [Fact]
    public void A_pool_is_shared_by_all_that_ask_for_the_same_and_gone_with_the_last_of_them()
    {
        var one = _egress.Lease(Route);
        var two = _egress.Lease(Route);
        var other = _egress.Lease(Route with { AuthorityFile = "/own.pem" });
        Assert.Equal(2, _egress.PoolCount);

        one.Dispose();
        one.Dispose();
        Assert.Equal(2, _egress.PoolCount);

        two.Dispose();
        other.Dispose();
        Assert.Equal(0, _egress.PoolCount);
    }

    [Fact]
    public async Task What_is_in_flight_when_its_pool_closes_still_gets_its_answer_and_later_requests_are_not_sent()
    {
        var release = new TaskCompletionSource();
        await using var server = await RawServer.StartAsync(context => release.Task);
        var lease = _egress.Lease(Route);
        using var request = new HttpRequestMessage(HttpMethod.Get, server.Mcp);
        var sending = lease.SendAsync(request, CancellationToken.None);

        lease.Dispose();
        release.SetResult();
        using var response = await sending.WaitAsync(TimeSpan.FromSeconds(30));
        using var late = new HttpRequestMessage(HttpMethod.Get, server.Mcp);
        var failure = await Assert.ThrowsAsync<HttpRequestException>(() => lease.SendAsync(late, CancellationToken.None));

        Assert.Equal(HttpStatusCode.OK, response.StatusCode);
        Assert.Equal(HttpRequestError.ConnectionError, failure.HttpRequestError);
    }

    [Fact]
    public async Task Services_that_come_and_go_leave_no_pool_behind()
    {
        await using var server = await ScriptedServer.StartAsync(ProtocolEra.Modern, ScriptedServerAnswers.Echo);
        for (var i = 1; i <= 3; i++)
        {
            var registration = new ServiceRegistration { Name = "s", Config = new() { Timeouts = new() { Connect = TimeSpan.FromSeconds(i) } } };
            await using var upstream = new UpstreamUnderTest(server.Mcp, registration, egress: _egress, ownsEgress: false);
            await upstream.ConnectAsync();
            Assert.Equal(1, _egress.PoolCount);
        }

        Assert.Equal(0, _egress.PoolCount);
    }

    /// <summary>uvicorn and node close idle connections after 5 s; a request sent at that moment is lost.</summary>
    [Fact]
    public async Task An_idle_connection_is_closed_before_servers_do_it()
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        using var lease = _egress.Lease(Route);
        using var request = new HttpRequestMessage(HttpMethod.Get, $"http://{listener.LocalEndpoint}/");
        var sending = lease.SendAsync(request, CancellationToken.None);
        using var connection = await listener.AcceptSocketAsync();
        var buffer = new byte[4096];
        await connection.ReceiveAsync(buffer);
        await connection.SendAsync(Encoding.ASCII.GetBytes("HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n"));
        using (await sending) { }

        var closed = await connection.ReceiveAsync(buffer).WaitAsync(TimeSpan.FromSeconds(60));

        Assert.Equal(0, closed);
        Assert.True(EgressHandler.LongestIdle + TimeSpan.FromSeconds(1) < TimeSpan.FromSeconds(5));
    }

    /// <summary>A server that speaks only HTTP/2 without TLS answers the first request with frames.</summary>
    [Fact]
    public async Task A_server_that_speaks_only_HTTP2_without_TLS_is_named_as_one()
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        var serving = Task.Run(async () =>
        {
            while (true)
            {
                using var connection = await listener.AcceptSocketAsync();
                await connection.ReceiveAsync(new byte[4096]);
                // SETTINGS, then GOAWAY with PROTOCOL_ERROR.
                await connection.SendAsync(new byte[] { 0, 0, 0, 4, 0, 0, 0, 0, 0, 0, 0, 8, 7, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 1 });
            }
        });
        await using var upstream = new UpstreamUnderTest(new Uri($"http://{listener.LocalEndpoint}/mcp"));

        var failure = await Assert.ThrowsAsync<UpstreamException>(upstream.ConnectAsync);

        Assert.Contains("only HTTP/2", failure.Message, StringComparison.Ordinal);
        listener.Stop();
        await Assert.ThrowsAnyAsync<Exception>(() => serving);
    }
}
