namespace McpRegistry.Tests.Redis;

public sealed class RedisServerProcessTests
{
    [RedisFact]
    public async Task A_persistent_server_has_its_data_after_a_kill_and_none_when_brought_back_empty()
    {
        await using var server = await RedisServerProcess.StartAsync(new RedisServerSettings { Persistent = true });
        await server.ExecuteAsync("SET", "key", "value");

        await server.KillAsync();
        await server.RestartAsync();
        Assert.Equal("value", (string?)await server.ExecuteAsync("GET", "key"));

        await server.RestartAsync(empty: true);
        Assert.True((await server.ExecuteAsync("GET", "key")).IsNull);
    }
}
