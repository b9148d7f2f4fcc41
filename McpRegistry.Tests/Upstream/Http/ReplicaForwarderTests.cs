using System.Net;
using System.Net.Sockets;
using System.Text;

using McpRegistry.Core.Upstream.Http;
using McpRegistry.Core.Upstream.Http.Egress;
using McpRegistry.Tests.Acceptance.Harness;

namespace McpRegistry.Tests.Upstream.Http;

/// <summary>What is known of a request that another replica was to answer.</summary>
public sealed class ReplicaForwarderTests : IDisposable
{
    private readonly EgressHandler _egress = new(EgressGuard.ForNetwork());
    // One test stops it: nobody else may get its port then.
    private readonly TcpListener _listener = new(IPAddress.Loopback, FreePort.Find());

    public ReplicaForwarderTests() => _listener.Start();

    public void Dispose()
    {
        _listener.Dispose();
        _egress.Dispose();
    }

    [Theory]
    [InlineData("POST")]
    [InlineData("GET")]
    public async Task A_refused_connection_means_that_nothing_arrived(string method)
    {
        var request = Request(method);
        _listener.Stop();
        await using var answer = await new ReplicaForwarder(_egress).SendAsync(request, default);
        Assert.False(answer.MayHaveArrived);
        Assert.Null(answer.Response);
    }

    [Fact]
    public async Task A_connection_that_broke_after_the_request_was_sent_means_that_it_may_have_arrived()
    {
        var accepted = ReadAndCloseAsync();
        await using var answer = await new ReplicaForwarder(_egress).SendAsync(Request("POST"), default);
        Assert.True(answer.MayHaveArrived);
        Assert.Null(answer.Response);
        await accepted;
    }

    [Fact]
    public async Task Headers_go_along_and_one_that_cannot_be_sent_hinders_nothing()
    {
        var accepted = ReadAndCloseAsync();
        await using var answer = await new ReplicaForwarder(_egress).SendAsync(
            Request("POST", new("Host", "registry.test"), new("Content-Type", "application/json"), new("X-Odd", "größe")), default);
        var sent = await accepted;
        Assert.Contains("Host: registry.test\r\n", sent, StringComparison.Ordinal);
        Assert.Contains("Content-Type: application/json\r\n", sent, StringComparison.Ordinal);
        Assert.DoesNotContain("X-Odd", sent, StringComparison.Ordinal);
        Assert.EndsWith("\r\n\r\n{}", sent, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Giving_up_closes_the_connection()
    {
        using var giveUp = new CancellationTokenSource();
        var sending = new ReplicaForwarder(_egress).SendAsync(Request("POST"), giveUp.Token).AsTask();
        using var connection = await _listener.AcceptSocketAsync();
        await giveUp.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => sending);
        var buffer = new byte[4096];
        while (await connection.ReceiveAsync(buffer).WaitAsync(TimeSpan.FromSeconds(10)) > 0) { }
    }

    private ReplicaRequest Request(string method, params KeyValuePair<string, string>[] headers) => new()
    {
        Method = HttpMethod.Parse(method),
        Target = new Uri($"http://127.0.0.1:{((IPEndPoint)_listener.LocalEndpoint).Port}/mcp"),
        Headers = headers,
        Body = method == "POST" ? "{}"u8.ToArray() : default(ReadOnlyMemory<byte>),
    };

    private async Task<string> ReadAndCloseAsync()
    {
        using var connection = await _listener.AcceptSocketAsync();
        var text = new StringBuilder();
        var buffer = new byte[4096];
        while (!text.ToString().EndsWith("\r\n\r\n{}", StringComparison.Ordinal))
        {
            var read = await connection.ReceiveAsync(buffer).WaitAsync(TimeSpan.FromSeconds(10));
            Assert.NotEqual(0, read);
            text.Append(Encoding.UTF8.GetString(buffer, 0, read));
        }
        return text.ToString();
    }
}
