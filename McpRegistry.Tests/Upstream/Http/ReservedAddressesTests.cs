using System.Net;

using McpRegistry.Core.Cluster.Reserved;
using McpRegistry.Core.Upstream.Http.Egress;

using Microsoft.Extensions.Configuration;

namespace McpRegistry.Tests.Upstream.Http;

/// <summary>Places that no service may be, by whatever name. The rule is asked; nothing is connected.</summary>
public sealed class ReservedAddressesTests
{
    private static readonly Dictionary<string, string[]> Names = new()
    {
        ["localhost"] = ["127.0.0.1", "::1"],
        ["redis.test"] = ["10.0.0.9"],
        ["alias-of-redis.test"] = ["10.0.0.9"],
        ["rebound.test"] = ["127.0.0.1"],
        ["identity.test"] = ["10.0.0.5"],
        ["far.test"] = ["203.0.113.7"],
    };

    private static readonly IPAddress[] Machine = [IPAddress.Loopback, IPAddress.Parse("192.0.2.10"), IPAddress.Parse("fe80::1%2"), IPAddress.Parse("2001:db8::10")];

    private readonly List<IPEndPoint> _opened = [];

    [Theory]
    [InlineData("127.0.0.1")]
    [InlineData("::1")]
    [InlineData("::ffff:127.0.0.1")]
    [InlineData("localhost")]
    [InlineData("rebound.test")]
    public async Task A_gateway_on_localhost_is_not_reached_by_any_spelling_of_it(string host)
    {
        var denied = await DeniedAsync(host, 5080, new ReservedEndpoint("localhost", 5080, IsThisProcess: true));

        Assert.Equal("It is this gateway itself.", denied?.Message);
    }

    [Theory]
    [InlineData("127.0.0.1", 5081)]
    // Another gateway of this machine may have the same port at another address.
    [InlineData("192.0.2.10", 5080)]
    [InlineData("127.0.0.2", 5080)]
    [InlineData("far.test", 5080)]
    public async Task Other_ports_and_other_addresses_are_others(string host, int port) =>
        Assert.Null(await DeniedAsync(host, port, new ReservedEndpoint("localhost", 5080, IsThisProcess: true)));

    [Theory]
    [InlineData("*")]
    [InlineData("+")]
    [InlineData("0.0.0.0")]
    [InlineData("[::]")]
    public async Task A_gateway_on_all_addresses_is_not_reached_by_any_of_them(string listener)
    {
        var own = new ReservedEndpoint(listener, 8080, IsThisProcess: true);

        foreach (var host in (string[])["127.0.0.1", "127.9.9.9", "::1", "192.0.2.10", "::ffff:192.0.2.10", "2001:db8::10", "localhost"]) Assert.NotNull(await DeniedAsync(host, 8080, own));
        foreach (var host in (string[])["192.0.2.11", "far.test"]) Assert.Null(await DeniedAsync(host, 8080, own));
    }

    [Theory]
    [InlineData("redis.test:6379,password=x", "redis.test", 6379)]
    [InlineData("redis.test", "10.0.0.9", 6379)]
    [InlineData("redis.test", "alias-of-redis.test", 6379)]
    [InlineData("127.0.0.1:7000", "::1", 7000)]
    [InlineData("127.0.0.1:7000", "192.0.2.10", 7000)]
    [InlineData("localhost:7000,other.test:7001", "rebound.test", 7000)]
    public async Task Redis_is_not_reached_by_any_name_of_it(string connection, string host, int port)
    {
        var configuration = new ConfigurationBuilder().AddInMemoryCollection([new("ConnectionStrings:redis", connection)]).Build();

        Assert.NotNull(await DeniedAsync(host, port, [.. new RedisReservation(configuration).Find()]));
        Assert.Null(await DeniedAsync(host, port + 10, [.. new RedisReservation(configuration).Find()]));
    }

    [Theory]
    [InlineData("IDENTITY_ENDPOINT", "http://localhost:42356/msi/token", "127.0.0.1", 42356)]
    [InlineData("IDENTITY_ENDPOINT", "http://127.0.0.1:42356/msi/token", "::1", 42356)]
    [InlineData("MSI_ENDPOINT", "http://identity.test/token", "10.0.0.5", 80)]
    [InlineData("IMDS_ENDPOINT", "http://localhost:40000", "rebound.test", 40000)]
    [InlineData("AWS_CONTAINER_CREDENTIALS_FULL_URI", "http://localhost:4100/credentials", "192.0.2.10", 4100)]
    [InlineData("GCE_METADATA_HOST", "identity.test:8099", "identity.test", 8099)]
    [InlineData("UNRELATED", "", "127.0.0.1", 40342)]
    [InlineData("UNRELATED", "", "::1", 40342)]
    public async Task Who_gives_this_process_its_credentials_gives_them_to_no_service(string variable, string value, string host, int port)
    {
        var endpoints = new CredentialEndpoints(name => name == variable ? value : null).Find().ToArray();

        Assert.NotNull(await DeniedAsync(host, port, endpoints));
        Assert.Null(await DeniedAsync(host, port + 1, endpoints));
    }

    [Theory]
    [InlineData("public", "8.8.8.8", true)]
    [InlineData("public", "2606:4700::1111", true)]
    [InlineData("public", "10.0.0.7", false)]
    [InlineData("public", "172.31.0.1", false)]
    [InlineData("public", "192.168.1.1", false)]
    [InlineData("public", "100.64.0.1", false)]
    [InlineData("public", "127.0.0.1", false)]
    [InlineData("public", "::ffff:10.0.0.7", false)]
    [InlineData("public", "fd00::1", false)]
    [InlineData("public", "::1", false)]
    [InlineData("public", "2002:0a00:0001::1", false)]
    [InlineData("10.0.0.0/24", "10.0.0.7", true)]
    [InlineData("10.0.0.0/24", "::ffff:10.0.0.7", true)]
    [InlineData("10.0.0.0/24", "10.0.1.7", false)]
    [InlineData("10.0.0.0/24", "8.8.8.8", false)]
    [InlineData("fd00:1::/32", "fd00:1::7", true)]
    [InlineData("10.0.0.7:80", "10.0.0.7", true)]
    [InlineData("10.0.0.7:81", "10.0.0.7", false)]
    [InlineData("[fd00::7]:80", "fd00::7", true)]
    [InlineData("identity.test", "identity.test", true)]
    [InlineData("IDENTITY.test:80", "identity.test", true)]
    [InlineData("identity.test:81", "identity.test", false)]
    [InlineData("*.test", "identity.test", true)]
    [InlineData("*.test:80", "identity.test", true)]
    [InlineData("*.test", "10.0.0.5", false)]
    [InlineData("*.tes", "identity.test", false)]
    [InlineData("test", "identity.test", false)]
    public async Task What_REST_registered_is_reached_only_where_the_list_allows(string entry, string host, bool isAllowed)
    {
        var profile = EgressProfile.Of(new EgressOptions { Allow = { entry } }, isTrustedNetwork: false);

        Assert.Equal(isAllowed, await DeniedAsync(host, 80, [], profile) is null);
        // What the file and service discovery name is the operator's own word.
        Assert.Null(await DeniedAsync(host, 80, [], profile, isListedOnly: false));
    }

    [Fact]
    public async Task Without_a_list_a_trusted_network_leaves_the_internet_and_this_machine_everything()
    {
        Assert.Null(EgressProfile.Of(new EgressOptions(), isTrustedNetwork: false));
        var trusted = EgressProfile.Of(new EgressOptions(), isTrustedNetwork: true);

        Assert.NotNull(await DeniedAsync("10.0.0.7", 80, [], trusted));
        Assert.Null(await DeniedAsync("8.8.8.8", 80, [], trusted));
    }

    [Theory]
    [InlineData("10.0.0.0/33")]
    [InlineData("http://host/")]
    [InlineData("host:0")]
    [InlineData("host:99999")]
    [InlineData("host:port")]
    [InlineData("*")]
    [InlineData("a b")]
    [InlineData("")]
    public void What_is_no_entry_is_refused_at_the_start(string entry) => Assert.Null(AllowedTarget.Parse(entry));

    private Task<EgressDeniedException?> DeniedAsync(string host, int port, params ReservedEndpoint[] reserved) => DeniedAsync(host, port, reserved, null);

    private async Task<EgressDeniedException?> DeniedAsync(string host, int port, ReservedEndpoint[] reserved, EgressProfile? profile, bool isListedOnly = true)
    {
        var guard = new EgressGuard(
            (name, _) => Task.FromResult(Names.GetValueOrDefault(name, []).Select(IPAddress.Parse).ToArray()),
            (endpoint, _) =>
            {
                _opened.Add(endpoint);
                return ValueTask.FromResult<Stream>(new MemoryStream());
            },
            profile,
            [new Known(reserved)],
            () => Machine);
        try
        {
            await guard.ConnectAsync(new DnsEndPoint(host, port), isListedOnly, CancellationToken.None);
            Assert.Single(_opened);
            return null;
        }
        catch (EgressDeniedException denied)
        {
            Assert.Empty(_opened);
            return denied;
        }
        finally { _opened.Clear(); }
    }

    private sealed class Known(ReservedEndpoint[] endpoints) : IReservedEndpoints
    {
        public IEnumerable<ReservedEndpoint> Find() => endpoints;
    }
}
