using System.Diagnostics;

using McpRegistry.Core.Registration;
using McpRegistry.Core.Storage;
using McpRegistry.Tests.Acceptance.Harness;
using McpRegistry.Tests.Redis;

namespace McpRegistry.Tests.Storage;

/// <summary>What a Redis that hangs or is dead costs whoever asks: tenths of a second, measured with nothing beside.</summary>
[Collection(AcceptanceRun.Collection)]
public sealed class RedisBudgetTests
{
    // The budget, and what a loaded machine may add to it.
    private static readonly TimeSpan Budget = TimeSpan.FromMilliseconds(500 + 250);
    private static readonly TimeSpan AtOnce = TimeSpan.FromMilliseconds(100);

    [RedisFact]
    public async Task A_Redis_that_hangs_costs_each_command_the_budget_once_and_later_ones_nothing()
    {
        await using var server = await RedisServerProcess.StartAsync();
        await using var process = await (await RedisProcess.OpenAsync(server.ConnectionString, RedisProcess.ShortCommands)).SeededAsync();

        server.Stop();
        var first = await Task.WhenAll(Enumerable.Range(0, 20).Select(i => FailsAfterAsync(() => process.Store.TryAddAsync(Service($"s{i}"), default).AsTask())));
        var second = await FailsAfterAsync(() => process.Store.ListAsync(default).AsTask());
        Assert.False(process.Store.IsUp);
        server.Continue();
        var back = await process.UpAsync();

        Assert.All(first, took => Assert.InRange(took, TimeSpan.Zero, Budget));
        Assert.InRange(second, TimeSpan.Zero, AtOnce);
        Assert.InRange(back, TimeSpan.Zero, TimeSpan.FromSeconds(3));
        Assert.True(await process.Store.TryAddAsync(Service("after"), default));
    }

    [RedisFact]
    public async Task A_killed_Redis_fails_at_once_and_is_used_again_with_its_messages_when_it_is_back()
    {
        await using var server = await RedisServerProcess.StartAsync(new RedisServerSettings { Persistent = true });
        await using var process = await (await RedisProcess.OpenAsync(server.ConnectionString, RedisProcess.ShortCommands)).SeededAsync();
        await using var other = await RedisProcess.OpenAsync(server.ConnectionString, RedisProcess.ShortCommands);
        await process.Store.TryAddAsync(Service("before"), default);
        var changes = new Changes(other.Store);
        var turns = 0;
        process.Store.UpChanged += () => Interlocked.Increment(ref turns);

        await server.KillAsync();
        Assert.InRange(await FailsAfterAsync(() => process.Store.TryAddAsync(Service("lost"), default).AsTask()), TimeSpan.Zero, AtOnce);
        await other.UpAsync(false);
        await server.RestartAsync();
        var back = await process.UpAsync();
        await other.UpAsync();

        Assert.InRange(back, TimeSpan.Zero, TimeSpan.FromSeconds(3));
        Assert.Equal(2, turns);
        Assert.Equal("before", Assert.Single(await process.Store.ListAsync(default)).Name);
        await process.Store.TryAddAsync(Service("after"), default);
        await changes.OfAsync("after");
    }

    private static async Task<TimeSpan> FailsAfterAsync(Func<Task> command)
    {
        var watch = Stopwatch.StartNew();
        await Assert.ThrowsAsync<RegistryStoreException>(command);
        return watch.Elapsed;
    }

    private static ServiceRegistration Service(string name) => new() { Name = name, Version = 1, BaseUrl = new Uri("http://localhost:9/mcp") };
}
