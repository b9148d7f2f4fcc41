using McpRegistry.Core.Storage;
using McpRegistry.Core.Storage.Redis;
using McpRegistry.Tests.Acceptance.Harness;
using McpRegistry.Tests.Redis;

using Microsoft.Extensions.Logging;

using StackExchange.Redis;

namespace McpRegistry.Tests.Storage;

/// <summary>A Redis that is there and must not be used.</summary>
// A start waits two seconds for Redis, and a busy machine takes longer to connect.
[Collection(AcceptanceRun.Collection)]
public sealed class RedisRefusalTests
{
    private const string Everything = "~{mcpregistry}:* &{mcpregistry}:* +@all";

    [RedisTheory]
    [InlineData("requirepass right-password", ",password=wrong-password")]
    [InlineData("requirepass right-password", "")]
    [InlineData("user app on >right-password " + Everything, ",user=app,password=wrong-password")]
    [InlineData("user app off >wrong-password " + Everything, ",user=app,password=wrong-password")]
    public async Task A_wrong_or_missing_password_is_refused_at_once_and_said_nowhere(string line, string credentials)
    {
        await using var server = await RedisServerProcess.StartAsync(new RedisServerSettings { Lines = [line] });

        var refusal = await RefusalAsync(server.ConnectionString + credentials);

        Assert.Contains("does not let us in", refusal, StringComparison.Ordinal);
        Assert.DoesNotContain("password=", refusal, StringComparison.Ordinal);
        Assert.DoesNotContain("wrong-password", refusal, StringComparison.Ordinal);
    }

    [RedisTheory]
    [InlineData("~{mcpregistry}:* &{mcpregistry}:* +@all -@write")]
    [InlineData("~{mcpregistry}:* &{mcpregistry}:* +@all -@scripting")]
    [InlineData("~{mcpregistry}:* resetchannels +@all")]
    [InlineData("~other:* &{mcpregistry}:* +@all")]
    [InlineData("~{mcpregistry}:* &{mcpregistry}:* +@all -subscribe")]
    public async Task A_user_without_a_right_that_is_needed_is_refused(string rights)
    {
        await using var server = await RedisServerProcess.StartAsync(new RedisServerSettings { Lines = [$"user app on >secret-word {rights}"] });

        var refusal = await RefusalAsync(server.ConnectionString + ",user=app,password=secret-word");

        Assert.Contains("denies us what we need", refusal, StringComparison.Ordinal);
        Assert.DoesNotContain("secret-word", refusal, StringComparison.Ordinal);
    }

    [RedisFact]
    public async Task A_user_with_the_rights_the_docs_name_is_let_in_and_touches_nothing_outside_of_the_prefix()
    {
        await using var server = await RedisServerProcess.StartAsync(new RedisServerSettings
        {
            Lines = ["user app on >secret-word resetkeys resetchannels ~{mcpregistry}:* &{mcpregistry}:* -@all +@read +@write +@pubsub +@scripting +@connection +info"],
        });

        await using var process = await RedisProcess.OpenAsync(server.ConnectionString + ",user=app,password=secret-word");
        await process.SeededAsync();

        Assert.True(await process.Store.TryAddAsync(new() { Name = "alpha", Version = 1 }, default));
        Assert.All(await server.KeysAsync(), key => Assert.StartsWith("{mcpregistry}:", key, StringComparison.Ordinal));
    }

    [RedisTheory]
    [InlineData("SET {mcpregistry}:schema something")]
    [InlineData("HSET {mcpregistry}:schema field value")]
    [InlineData("SET {mcpregistry}:registrations something")]
    [InlineData("HSET {mcpregistry}:registrations field value")]
    [InlineData("SADD {mcpregistry}:health member")]
    [InlineData("SET {mcpregistry}:version 5")]
    public async Task Keys_of_another_application_are_refused_and_left_as_they_are(string command)
    {
        await using var server = await RedisServerProcess.StartAsync();
        var words = command.Split(' ');
        await server.ExecuteAsync(words[0], [.. words[1..]]);

        var refusal = await RefusalAsync(server.ConnectionString);

        Assert.Contains($"its key {words[1]} belongs to another application", refusal, StringComparison.Ordinal);
        Assert.Equal([words[1]], await server.KeysAsync());
    }

    [RedisFact]
    public async Task Data_of_a_newer_schema_are_refused()
    {
        await using var server = await RedisServerProcess.StartAsync();
        await server.ExecuteAsync("SET", "{mcpregistry}:schema", "mcpregistry 2");

        Assert.Contains("newer version (schema 2, this one knows 1)", await RefusalAsync(server.ConnectionString), StringComparison.Ordinal);
    }

    [RedisFact]
    public async Task Another_prefix_is_another_registry()
    {
        await using var server = await RedisServerProcess.StartAsync();
        await server.ExecuteAsync("SET", "{mcpregistry}:schema", "something");

        await using var process = await RedisProcess.OpenAsync(server.ConnectionString, ("KeyPrefix", "{mine}:"));

        Assert.True(process.Store.IsUp);
    }

    [Theory]
    [InlineData("redis_version:6.0.16\r\n", false)]
    [InlineData("# Server\r\nredis_version:6.2.0\r\nredis_mode:standalone", true)]
    [InlineData("redis_version:7.0.15\r\n", true)]
    [InlineData("redis_version:7.2.4\r\nserver_name:valkey\r\nvalkey_version:8.1.0", true)]
    [InlineData("redis_version:2.8.19\r\n", false)]
    [InlineData("something else", true)]
    public void A_server_older_than_what_is_needed_is_refused(string info, bool isAccepted) =>
        Assert.Equal(isAccepted, RedisAdmission.TooOld(info, RedisAdmission.OldestServer) is null);

    [RedisFact]
    public async Task A_real_server_is_asked_for_its_version()
    {
        await using var server = await RedisServerProcess.StartAsync();

        var refusal = await RefusalAsync(server.ConnectionString, oldest: new Version(99, 0));

        Assert.Contains("99.0 is the oldest that will do", refusal, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("127.0.0.1:1,password=some,thing-secret=5")]
    [InlineData("password=thing-secret")]
    [InlineData("127.0.0.1:1,connectTimeout=thing-secret")]
    public async Task A_connection_string_that_cannot_be_read_is_refused_without_showing_it(string text)
    {
        var refusal = await RefusalAsync(text);

        Assert.Contains("ConnectionStrings:redis", refusal, StringComparison.Ordinal);
        Assert.DoesNotContain("thing-secret", refusal, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("c2hvcnQ=", "32 bytes as base64")]
    [InlineData("not base64 at all", "32 bytes as base64")]
    [InlineData("env:NO_SUCH_VARIABLE_HERE", "NO_SUCH_VARIABLE_HERE")]
    public async Task A_key_for_secrets_that_is_none_is_refused(string key, string reason)
    {
        var refused = await Assert.ThrowsAsync<RegistryRefusedException>(() => RedisProcess.OpenAsync("127.0.0.1:1", ("SecretKey", key)));

        Assert.Contains(reason, refused.Message, StringComparison.Ordinal);
        if (!reason.StartsWith("NO_", StringComparison.Ordinal)) Assert.DoesNotContain(key, refused.Message, StringComparison.Ordinal);
    }

    [RedisFact]
    public async Task A_Redis_that_comes_back_as_somebody_elses_is_not_touched_and_reported_once()
    {
        await using var server = await RedisServerProcess.StartAsync();
        await using var process = await (await RedisProcess.OpenAsync(server.ConnectionString)).SeededAsync();
        await server.KillAsync();
        await process.UpAsync(false);

        await server.RestartAsync(empty: true);
        await server.ExecuteAsync("SET", "{mcpregistry}:schema", "theirs");
        var line = await RefusedLineAsync(process);

        Assert.Contains("belongs to another application", line, StringComparison.Ordinal);
        Assert.False(process.Store.IsUp);
        var failure = await Assert.ThrowsAsync<RegistryStoreException>(() => process.Store.TryAddAsync(new() { Name = "alpha", Version = 1 }, default).AsTask());
        Assert.Contains("must not be used", failure.Message, StringComparison.Ordinal);
        Assert.Equal(["{mcpregistry}:schema"], await server.KeysAsync());
    }

    [RedisFact]
    public async Task A_password_that_no_longer_holds_after_a_restart_is_reported_and_not_tried_over_and_over()
    {
        await using var server = await RedisServerProcess.StartAsync(new RedisServerSettings { Lines = ["user app on >secret-word " + Everything] });
        await using var process = await RedisProcess.OpenAsync(server.ConnectionString + ",user=app,password=secret-word");

        await using var own = await server.ConnectAsync();
        await server.ExecuteAsync("ACL", "SETUSER", "app", "resetpass", ">another");
        await server.ExecuteAsync("CLIENT", "KILL", "USER", "app");
        var line = await RefusedLineAsync(process);
        var connections = await ConnectionsAsync(own);

        Assert.Contains("does not let us in", line, StringComparison.Ordinal);
        Assert.All(process.Log.GetSnapshot(), entry => Assert.DoesNotContain("secret-word", entry.Message, StringComparison.Ordinal));
        // Two rounds of the watch later nobody has knocked again.
        await Task.Delay(TimeSpan.FromSeconds(2.5), TimeProvider.System);
        Assert.Equal(connections, await ConnectionsAsync(own));
    }

    // How many were ever made.
    private static async Task<string> ConnectionsAsync(ConnectionMultiplexer own)
    {
        var stats = ((string?)await own.GetDatabase().ExecuteAsync("INFO", "stats"))!.Split("\r\n");
        return stats.Single(line => line.StartsWith("total_connections_received:", StringComparison.Ordinal));
    }

    private static async Task<string> RefusedLineAsync(RedisProcess process)
    {
        await Eventually.TrueAsync(() => Errors(process).Length > 0, TimeSpan.FromSeconds(10), "the refusal is reported");
        return Assert.Single(Errors(process));
    }

    private static string[] Errors(RedisProcess process) =>
        [.. process.Log.GetSnapshot().Where(entry => entry.Level == LogLevel.Error).Select(entry => entry.Message)];

    private static async Task<string> RefusalAsync(string connectionString, Version? oldest = null)
    {
        await using var process = RedisProcess.Create(connectionString);
        if (oldest is not null) process.Connection.OldestServer = oldest;
        return await process.OpenAsync() ?? throw new InvalidOperationException("It was not refused.");
    }
}
