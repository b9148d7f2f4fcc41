using McpRegistry.Core.Cluster;
using McpRegistry.Core.Registration;
using McpRegistry.Core.Storage;
using McpRegistry.Tests.Acceptance.Harness;
using McpRegistry.Tests.Redis;

using Microsoft.Extensions.Logging;

namespace McpRegistry.Tests.Storage;

/// <summary>What several processes do to one Redis at once, and what each learns of it.</summary>
public sealed class RedisSharingTests
{
    [RedisFact]
    public async Task Two_processes_that_add_and_replace_at_once_lose_nothing()
    {
        await using var server = await RedisServerProcess.StartAsync();
        await using var one = await (await RedisProcess.OpenAsync(server.ConnectionString)).SeededAsync();
        await using var two = await RedisProcess.OpenAsync(server.ConnectionString);
        ISharedRegistry[] stores = [one.Store, two.Store];
        await one.Store.TryAddAsync(Service("counted"), default);

        var counts = await Task.WhenAll(Enumerable.Range(0, 8).Select(async writer =>
        {
            var store = stores[writer % 2];
            for (var i = 0; i < 10; i++)
            {
                Assert.True(await store.TryAddAsync(Service($"s{writer}-{i}"), default));
                await IncrementAsync(store, "counted");
            }
            return 10;
        }));

        var content = await two.Store.ReadAsync(default);
        Assert.Equal(81, content.Registrations.Length);
        Assert.Equal(1 + counts.Sum(), content.Registrations.Single(each => each.Name == "counted").Version);
        // The seeding was the first change, then one for each write that was acknowledged.
        Assert.Equal(1 + 81 + 80, content.Position!.Value.Version);
    }

    [RedisFact]
    public async Task A_channel_that_is_wished_for_while_redis_is_there_is_heard_before_long()
    {
        await using var server = await RedisServerProcess.StartAsync();
        await using var process = await RedisProcess.OpenAsync(server.ConnectionString);
        Assert.True(process.Connection.IsUp);
        var heard = new TaskCompletionSource<string>(TaskCreationOptions.RunContinuationsAsynchronously);

        process.Connection.Hear("late", message => heard.TrySetResult(message));

        await Eventually.TrueAsync(
            async () => (long)await process.Connection.RunAsync(database => database.ExecuteAsync("PUBLISH", process.Connection.Key("late"), "news"), default) > 0,
            TimeSpan.FromSeconds(20),
            "somebody hears it");
        Assert.Equal("news", await heard.Task.WaitAsync(TimeSpan.FromSeconds(20)));
    }

    [RedisFact]
    public async Task Each_change_is_told_to_all_with_the_version_that_has_it()
    {
        await using var server = await RedisServerProcess.StartAsync();
        await using var one = await (await RedisProcess.OpenAsync(server.ConnectionString)).SeededAsync();
        await using var two = await RedisProcess.OpenAsync(server.ConnectionString);
        var own = new Changes(one.Store);
        var others = new Changes(two.Store);

        await one.Store.TryAddAsync(Service("alpha"), default);
        Assert.Equal(new SharedChange(2, "alpha"), await own.OfAsync("alpha"));
        Assert.Equal(new SharedChange(2, "alpha"), await others.OfAsync("alpha"));
        await one.Store.TryReplaceAsync(Service("alpha") with { Version = 2 }, default);
        Assert.Equal(new SharedChange(3, "alpha"), await others.OfAsync("alpha"));
        await one.Store.SetDrainedAsync(new InstanceName("alpha", "i1"), true, default);
        Assert.Equal(new SharedChange(4, null), await others.OfAsync(null));
        await one.Store.TryRemoveAsync("alpha", default);
        Assert.Equal(new SharedChange(5, "alpha"), await others.OfAsync("alpha"));
        Assert.Equal(5, (await two.Store.PositionAsync(default))!.Value.Version);
    }

    [RedisFact]
    public async Task What_changes_nothing_raises_no_version()
    {
        await using var server = await RedisServerProcess.StartAsync();
        await using var process = await (await RedisProcess.OpenAsync(server.ConnectionString)).SeededAsync();
        var before = await process.Store.PositionAsync(default);

        Assert.False(await process.Store.TryRemoveAsync("nobody", default));
        Assert.False(await process.Store.TryReplaceAsync(Service("nobody") with { Version = 2 }, default));
        await process.Store.SetDrainedAsync(new InstanceName("nobody", "i1"), false, default);

        Assert.Equal(before, await process.Store.PositionAsync(default));
    }

    [RedisFact]
    public async Task Some_registrations_can_be_read_by_name_and_the_missing_are_missing()
    {
        await using var server = await RedisServerProcess.StartAsync();
        await using var process = await (await RedisProcess.OpenAsync(server.ConnectionString)).SeededAsync();
        foreach (var name in new[] { "alpha", "beta", "gamma" }) await process.Store.TryAddAsync(Service(name), default);
        await process.Store.SetDrainedAsync(new InstanceName("alpha", "i1"), true, default);

        var content = await process.Store.ReadAsync(["gamma", "gone", "alpha"], default);

        Assert.Equal(["alpha", "gamma"], content.Registrations.Select(one => one.Name));
        Assert.Equal(new InstanceName("alpha", "i1"), Assert.Single(content.Drained));
        Assert.Equal(await process.Store.PositionAsync(default), content.Position);
    }

    [RedisFact]
    public async Task A_store_without_data_takes_no_writes_until_it_is_seeded()
    {
        await using var server = await RedisServerProcess.StartAsync();
        await using var process = await RedisProcess.OpenAsync(server.ConnectionString);
        var changes = new Changes(process.Store);
        Assert.Null(await process.Store.PositionAsync(default));
        Assert.Null((await process.Store.ReadAsync(default)).Position);

        await Assert.ThrowsAsync<RegistryStoreException>(() => process.Store.TryAddAsync(Service("alpha"), default).AsTask());

        Assert.Equal(new SharedChange(0, null), await changes.OfAsync(null));
        Assert.True(process.Store.IsUp);
        Assert.Empty(await server.KeysAsync());
        await process.SeededAsync();
        Assert.True(await process.Store.TryAddAsync(Service("alpha"), default));
    }

    [RedisFact]
    public async Task Of_many_who_seed_an_emptied_store_one_succeeds_and_nothing_is_left_of_before_but_tokens()
    {
        await using var server = await RedisServerProcess.StartAsync();
        await using var one = await (await RedisProcess.OpenAsync(server.ConnectionString)).SeededAsync();
        await using var two = await RedisProcess.OpenAsync(server.ConnectionString);
        await one.Store.TryAddAsync(Service("alpha") with { ApiKey = "secret-value" }, default);
        await one.Store.SetDrainedAsync(new InstanceName("alpha", "i1"), true, default);
        var known = await one.Store.ReadAsync(default);
        await server.ExecuteAsync("FLUSHALL");
        await server.ExecuteAsync("SET", "{mcpregistry}:lease:health:token", "7");

        var seeded = await Task.WhenAll(Enumerable.Range(0, 10).Select(i => (i % 2 == 0 ? one : two).Store.TrySeedAsync(known, null, default).AsTask()));

        var position = Assert.Single(seeded, each => each is not null)!.Value;
        Assert.Equal((2, 4), (position.Generation, position.Version));
        var content = await two.Store.ReadAsync(default);
        Assert.Equal(position, content.Position);
        Assert.Equal("secret-value", Assert.Single(content.Registrations).ApiKey);
        Assert.Equal(new InstanceName("alpha", "i1"), Assert.Single(content.Drained));
        Assert.Equal("7", (string?)await server.ExecuteAsync("GET", "{mcpregistry}:lease:health:token"));
        Assert.Equal("mcpregistry 1", (string?)await server.ExecuteAsync("GET", "{mcpregistry}:schema"));
    }

    [RedisFact]
    public async Task A_store_that_changed_since_it_was_looked_at_is_not_seeded()
    {
        await using var server = await RedisServerProcess.StartAsync();
        await using var process = await (await RedisProcess.OpenAsync(server.ConnectionString)).SeededAsync();
        var seen = await process.Store.PositionAsync(default);
        await process.Store.TryAddAsync(Service("alpha"), default);

        Assert.Null(await process.Store.TrySeedAsync(new SharedContent(null, [], []), seen, default));
        Assert.Null(await process.Store.TrySeedAsync(new SharedContent(null, [], []), null, default));

        Assert.Equal("alpha", Assert.Single(await process.Store.ListAsync(default)).Name);
    }

    [RedisFact]
    public async Task No_secret_lies_readable_in_Redis_and_references_do()
    {
        await using var server = await RedisServerProcess.StartAsync();
        await using var process = await (await RedisProcess.OpenAsync(server.ConnectionString)).SeededAsync();
        await process.Store.TryAddAsync(Service("alpha") with { ApiKey = "secret-value" }, default);
        await process.Store.TryAddAsync(Service("beta") with { ApiKey = "env:TOKEN" }, default);

        var texts = string.Join('\n', (string[])(await server.ExecuteAsync("HVALS", "{mcpregistry}:registrations"))!);

        Assert.Contains("env:TOKEN", texts, StringComparison.Ordinal);
        Assert.DoesNotContain("secret-value", texts, StringComparison.Ordinal);
        Assert.True(process.Store.KeepsSecrets);
    }

    [RedisFact]
    public async Task A_process_without_the_key_leaves_out_what_has_secrets_says_so_once_and_does_not_lose_it_for_the_others()
    {
        await using var server = await RedisServerProcess.StartAsync();
        await using var keeper = await (await RedisProcess.OpenAsync(server.ConnectionString)).SeededAsync();
        await keeper.Store.TryAddAsync(Service("secret") with { ApiKey = "secret-value" }, default);
        await keeper.Store.TryAddAsync(Service("open") with { ApiKey = "env:TOKEN" }, default);
        await using var keyless = await RedisProcess.OpenAsync(server.ConnectionString, ("SecretKey", null));

        Assert.False(keyless.Store.KeepsSecrets);
        Assert.Equal("open", Assert.Single(await keyless.Store.ListAsync(default)).Name);
        var content = await keyless.Store.ReadAsync(default);
        Assert.Contains("SecretKey is not set", Assert.Single(keyless.Log.GetSnapshot(), entry => entry.Level == LogLevel.Error).Message, StringComparison.Ordinal);
        Assert.False(await keyless.Store.TryAddAsync(Service("secret"), default));
        await Assert.ThrowsAsync<InvalidOperationException>(() => keyless.Store.TryAddAsync(Service("third") with { ApiKey = "value" }, default).AsTask());
        await server.ExecuteAsync("FLUSHALL");
        Assert.NotNull(await keyless.Store.TrySeedAsync(content, null, default));

        Assert.Equal("secret-value", (await keeper.Store.ListAsync(default)).Single(one => one.Name == "secret").ApiKey);
    }

    [RedisTheory]
    [InlineData("{\"name\":\"bad\"")]
    [InlineData("{}")]
    [InlineData("null")]
    [InlineData("{\"name\":\"good\"}")]
    public async Task A_damaged_entry_is_reported_once_and_left_out_and_can_be_registered_anew(string damage)
    {
        await using var server = await RedisServerProcess.StartAsync();
        await using var process = await (await RedisProcess.OpenAsync(server.ConnectionString, ("SecretKey", null))).SeededAsync();
        await process.Store.TryAddAsync(Service("good"), default);
        await process.Store.TryAddAsync(Service("bad"), default);
        await server.ExecuteAsync("HSET", "{mcpregistry}:registrations", "bad", damage);

        for (var i = 0; i < 2; i++) Assert.Equal("good", Assert.Single(await process.Store.ListAsync(default)).Name);
        Assert.Contains("The registration of bad", Assert.Single(process.Log.GetSnapshot(), entry => entry.Level == LogLevel.Error).Message, StringComparison.Ordinal);
        Assert.False(await process.Store.TryReplaceAsync(Service("bad") with { Version = 2 }, default));

        Assert.True(await process.Store.TryAddAsync(Service("bad"), default));
        Assert.Equal(["bad", "good"], (await process.Store.ListAsync(default)).Select(one => one.Name));
    }

    private static async Task IncrementAsync(ISharedRegistry store, string name)
    {
        while (true)
        {
            var before = (await store.ReadAsync([name], default)).Registrations.Single();
            if (await store.TryReplaceAsync(before with { Version = before.Version + 1 }, default)) return;
        }
    }

    private static ServiceRegistration Service(string name) => new() { Name = name, Version = 1, BaseUrl = new Uri("http://localhost:9/mcp") };
}
