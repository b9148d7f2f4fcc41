using McpRegistry.Core.Storage;
using McpRegistry.Core.Storage.Redis;
using McpRegistry.Tests.Acceptance.Harness;
using McpRegistry.Tests.Redis;

using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Diagnostics.HealthChecks;
using Microsoft.Extensions.Options;

using StackExchange.Redis;

namespace McpRegistry.Tests.Storage.Aspire;

/// <summary>Aspire's client integration says how Redis is reached; what a registry needs, and what it refuses, stays.</summary>
// A start waits two seconds for Redis, and a busy machine takes longer to connect.
[Collection(AcceptanceRun.Collection)]
public sealed class SharedRedisTests
{
    private const string Secret = "thing-secret";

    public static TheoryData<string> Programs => [.. AspireHost.Programs];

    [RedisTheory]
    [InlineData("gateway")]
    [InlineData("worker")]
    public async Task A_password_that_only_the_section_of_the_integration_has_lets_in(string program)
    {
        await using var server = await RedisServerProcess.StartAsync(new RedisServerSettings { Password = Secret });
        await using var without = AspireHost.Create(program, [Redis($"127.0.0.1:{server.Port}")]);
        Assert.Contains("does not let us in", await without.OpenAsync(), StringComparison.Ordinal);

        await using var common = AspireHost.Create(program, [Redis($"127.0.0.1:{server.Port}"), Option("Password", Secret)]);
        Assert.Null(await common.OpenAsync());
        await using var named = AspireHost.Create(program, [Redis($"127.0.0.1:{server.Port}"), Option("Password", "another"), ($"{AspireHost.Section}:redis:ConfigurationOptions:Password", Secret)]);
        Assert.Null(await named.OpenAsync());
        Assert.True(named.Store.IsUp);
    }

    [RedisFact]
    public async Task TLS_may_stand_in_the_section_and_the_file_of_authorities_still_decides()
    {
        using var certificates = new RedisCertificates();
        using var others = new RedisCertificates();
        await using var server = await RedisServerProcess.StartAsync(new RedisServerSettings { Tls = certificates });
        (string, string?)[] settings = [Redis($"127.0.0.1:{server.Port}"), Option("Ssl", "true"), Option("SslHost", "localhost")];

        await using var good = AspireHost.Create("gateway", [.. settings, ($"{RedisOptions.Section}:AuthorityFile", certificates.AuthorityFile)]);
        await using var bad = AspireHost.Create("gateway", [.. settings, ($"{RedisOptions.Section}:AuthorityFile", others.AuthorityFile)]);

        Assert.Null(await good.OpenAsync());
        Assert.Contains("its certificate is not trusted", await bad.OpenAsync(), StringComparison.Ordinal);
    }

    [Theory]
    [MemberData(nameof(Programs))]
    public async Task What_a_registry_needs_wins_over_both_and_the_rest_is_taken(string program)
    {
        await using var host = AspireHost.Create(
            program,
            [
                Redis("127.0.0.1:6379,abortConnect=true,connectTimeout=60000,tieBreaker=theirs,defaultDatabase=3"),
                Option("AbortOnConnectFail", "true"), Option("AsyncTimeout", "60000"), Option("KeepAlive", "600"), Option("ConfigurationChannel", "theirs"), Option("IncludeDetailInExceptions", "true"),
                Option("ClientName", "mine"), Option("User", "app"),
            ]);

        var options = host.Options();

        Assert.Equal((false, 2000, 20_000, 5), (options.AbortOnConnectFail, options.ConnectTimeout, options.AsyncTimeout, options.KeepAlive));
        Assert.Equal((BacklogPolicy.FailFast, "", "", false), (options.BacklogPolicy, options.TieBreaker, options.ConfigurationChannel, options.IncludeDetailInExceptions));
        Assert.Equal(("mine", "app", 3), (options.ClientName, options.User, options.DefaultDatabase));
    }

    [Theory]
    [InlineData("redis:6379", "Ssl", "false", false)]
    [InlineData("redis:6379", "Password", "", false)]
    [InlineData("redis:6379,password=x", "Password", "", false)]
    [InlineData("redis:6379", "Password", "x", true)]
    [InlineData("redis:6379", "Ssl", "true", true)]
    public async Task A_Redis_beyond_this_machine_is_judged_by_all_that_was_said_of_it(string connection, string option, string value, bool isTaken)
    {
        foreach (var program in AspireHost.Programs)
        {
            await using var host = AspireHost.Create(program, [Redis(connection), Option(option, value)]);

            var refused = Record.Exception(host.Options);

            if (isTaken) Assert.Null(refused);
            else Assert.StartsWith("ConnectionStrings:redis: Redis at redis:6379 is beyond this machine", Assert.IsType<RegistryRefusedException>(refused).Message, StringComparison.Ordinal);
        }
    }

    [Theory]
    [InlineData("127.0.0.1:1,password=some,thing-secret=5", "ClientName", "x")]
    [InlineData("127.0.0.1:1,connectTimeout=thing-secret", "ClientName", "x")]
    [InlineData("127.0.0.1:1", "ConnectTimeout", "thing-secret")]
    [InlineData("127.0.0.1:1", "Ssl", "thing-secret")]
    [InlineData("127.0.0.1:1", "Protocol", "thing-secret")]
    [InlineData("password=thing-secret", "ClientName", "x")]
    public async Task What_cannot_be_read_is_refused_with_the_names_of_the_settings_and_no_piece_of_their_text(string connection, string option, string value)
    {
        foreach (var program in AspireHost.Programs)
        {
            await using var host = AspireHost.Create(program, [Redis(connection), Option(option, value)]);

            var refusal = await host.OpenAsync();

            Assert.StartsWith("ConnectionStrings:redis ", refusal, StringComparison.Ordinal);
            Assert.DoesNotContain(Secret, Record.Exception(host.Options)!.ToString(), StringComparison.Ordinal);
            Assert.DoesNotContain(Secret, refusal, StringComparison.Ordinal);
            Assert.DoesNotContain('\n', refusal!);
        }
    }

    [Theory]
    [MemberData(nameof(Programs))]
    public async Task Without_a_connection_string_nothing_of_it_is_there(string program)
    {
        await using var host = AspireHost.Create(program, [Option("Password", Secret), ($"{AspireHost.Section}:ConnectionString", "127.0.0.1:1")]);

        Assert.DoesNotContain(host.Services, one => one.ServiceType.FullName!.Contains("Redis", StringComparison.Ordinal) || one.ServiceType == typeof(IOptionsFactory<ConfigurationOptions>));
    }

    [RedisTheory]
    [InlineData("gateway")]
    [InlineData("worker")]
    public async Task The_client_of_the_registry_is_the_only_one_and_no_check_of_the_integration_decides_about_readiness(string program)
    {
        await using var server = await RedisServerProcess.StartAsync();
        await using var host = AspireHost.Create(program, [Redis(server.ConnectionString), Option("ClientName", "counted")]);

        Assert.Null(await host.OpenAsync());
        Assert.Empty(host.Provider.GetService<IOptions<HealthCheckServiceOptions>>()?.Value.Registrations ?? []);
        var clients = ((string?)await server.ExecuteAsync("CLIENT", "LIST"))!.Split('\n').Where(line => line.Contains("name=counted", StringComparison.Ordinal)).ToArray();
        // One connection for commands and one for messages.
        Assert.InRange(clients.Length, 1, 2);
    }

    private static (string Name, string? Value) Redis(string connection) => ("ConnectionStrings:redis", connection);

    private static (string Name, string? Value) Option(string name, string value) => ($"{AspireHost.Section}:ConfigurationOptions:{name}", value);
}
