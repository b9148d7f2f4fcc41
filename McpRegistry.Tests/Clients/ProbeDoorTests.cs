using System.Net;

using McpRegistry.Tests.Acceptance.Harness;
using McpRegistry.Tests.Api.Harness;

namespace McpRegistry.Tests.Clients;

public sealed class ProbeDoorTests
{
    private const int Max = 8;

    [Fact]
    public async Task Probes_are_answered_while_one_client_has_all_connections()
    {
        await using var host = await StartAsync();
        using var held = await HoldAsync(host, Max + 200);

        using var http = NewClient();
        foreach (var path in (string[])["/health/live", "/health/ready", "/health/live"])
        {
            using var probe = await http.GetAsync(new Uri(host.Address, path));
            Assert.Equal(HttpStatusCode.OK, probe.StatusCode);
            Assert.True(probe.Headers.ConnectionClose);
        }

        foreach (var path in (string[])["/api/services", "/mcp", "/healthy", "/docs"])
        {
            using var refused = await http.GetAsync(new Uri(host.Address, path));
            Assert.Equal(HttpStatusCode.ServiceUnavailable, refused.StatusCode);
        }
    }

    [Fact]
    public async Task A_connection_that_is_given_back_is_there_for_the_next()
    {
        await using var host = await StartAsync();
        using (await HoldAsync(host, Max))
        {
            using var refused = await NewClient().GetAsync(new Uri(host.Address, "/api/services"));
            Assert.Equal(HttpStatusCode.ServiceUnavailable, refused.StatusCode);
        }

        await Eventually.TrueAsync(
            async () =>
            {
                using var http = NewClient();
                using var answer = await http.GetAsync(new Uri(host.Address, "/api/services"));
                return answer.StatusCode == HttpStatusCode.OK;
            },
            TimeSpan.FromSeconds(20),
            "there is a place again");
    }

    // Only Linux has the whole of 127.0.0.0/8 without further ado.
    [LinuxFact]
    public async Task Another_address_takes_the_oldest_connection_of_the_one_with_the_most()
    {
        await using var host = await StartAsync();
        using var held = await HoldAsync(host, Max);

        using var http = NewClient(from: IPAddress.Parse("127.0.0.2"));
        using var answer = await http.GetAsync(new Uri(host.Address, "/api/services"));

        Assert.Equal(HttpStatusCode.OK, answer.StatusCode);
        var (bytes, _) = await await Task.WhenAny(held.All.Select(one => one.ReadAsync()));
        Assert.Equal(0, bytes);
    }

    private static Task<RestHost> StartAsync() => RestHost.StartAsync(new() { ["McpRegistry:Http:MaxConnections"] = $"{Max}" });

    private static async Task<Held> HoldAsync(RestHost host, int count)
    {
        var held = new Held();
        for (var i = 0; i < count; i++) held.All.Add(await NonReader.ConnectAsync(host.Address));
        await Eventually.TrueAsync(
            async () =>
            {
                using var http = NewClient();
                using var answer = await http.GetAsync(new Uri(host.Address, "/api/services"));
                if (answer.StatusCode == HttpStatusCode.ServiceUnavailable) return true;
                // This one may have had the place of one of them, which then stands at the door.
                held.All.Add(await NonReader.ConnectAsync(host.Address));
                return false;
            },
            TimeSpan.FromSeconds(20),
            "all places are taken");
        return held;
    }

    private static HttpClient NewClient(IPAddress? from = null) => new(new SocketsHttpHandler
    {
        ConnectCallback = async (context, cancellationToken) =>
        {
            var socket = new System.Net.Sockets.Socket(System.Net.Sockets.SocketType.Stream, System.Net.Sockets.ProtocolType.Tcp);
            if (from is not null)
            {
                socket.Dispose();
                socket = new System.Net.Sockets.Socket(System.Net.Sockets.AddressFamily.InterNetwork, System.Net.Sockets.SocketType.Stream, System.Net.Sockets.ProtocolType.Tcp);
                socket.Bind(new IPEndPoint(from, 0));
            }

            await socket.ConnectAsync(context.DnsEndPoint.Host, context.DnsEndPoint.Port, cancellationToken);
            return new System.Net.Sockets.NetworkStream(socket, ownsSocket: true);
        },
    });

    private sealed class Held : IDisposable
    {
        public List<NonReader> All { get; } = [];

        public void Dispose()
        {
            foreach (var one in All) one.Dispose();
        }
    }
}
