namespace McpRegistry.AppHost.Tests.Running;

/// <summary>The AppHost as a process of its own: what it says of a machine that lacks something, and what is left when it ends.</summary>
public sealed class AppHostEndTests
{
    private const string RedisServer = "No container engine: Redis is the redis-server of this machine";
    private const string Nothing = "No Redis: the api keeps its registry in its own file";

    private static readonly string[] Programs = ["dotnet", "node", "npx", "npm", "sh"];

    [Fact]
    public Task With_neither_a_container_engine_nor_redis_server_it_says_so_in_one_line_and_leaves_nothing_after_Ctrl_C() => StartAndEndAsync(Programs, Nothing, "INT");

    [RedisServerFact]
    public Task Without_a_container_engine_it_says_so_in_one_line_and_leaves_nothing_after_kill_9() => StartAndEndAsync([.. Programs, "redis-server"], RedisServer, "KILL");

    private static async Task StartAndEndAsync(string[] programs, string expected, string signal)
    {
        using var deadline = RunningApplication.Deadline();
        await using var host = await AppHostProcess.StartAsync(programs, deadline.Token);
        Assert.Single(host.Lines, one => one.Contains("container engine", StringComparison.OrdinalIgnoreCase) || one.Contains("redis-server", StringComparison.Ordinal));
        Assert.Single(host.Lines, one => one.Contains(expected, StringComparison.Ordinal));
        // Orchestrator, dashboard, api, two bridges and two copies, each with its launcher.
        Assert.InRange(host.Family.Alive().Count, 10, 100);

        await host.EndAsync(signal, deadline.Token);

        IReadOnlyList<string> left = [];
        try { await RunningApplication.UntilAsync(() => Task.FromResult((left = host.Family.Alive()).Count == 0), deadline.Token); }
        catch (OperationCanceledException) { Assert.Fail($"They are left: {string.Join('\n', left)}"); }
    }
}
