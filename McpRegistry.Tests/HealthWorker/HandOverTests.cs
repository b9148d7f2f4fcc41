using System.Globalization;
using System.Text.Json.Nodes;

using McpRegistry.Tests.Acceptance.Harness;
using McpRegistry.Tests.Redis;
using McpRegistry.Tests.Samples;

using Xunit.Sdk;

namespace McpRegistry.Tests.HealthWorker;

/// <summary>Real workers over a real Redis: one leads, and another does when it stops, dies or hangs.</summary>
[Collection(AcceptanceRun.Leases)]
[Trait("Category", "Acceptance")]
public sealed class HandOverTests : IAsyncLifetime
{
    private const string Verdicts = "{mcpregistry}:health";
    private static readonly TimeSpan AfterStop = TimeSpan.FromSeconds(3);
    private static readonly TimeSpan AfterKill = TimeSpan.FromSeconds(20);
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(60);

    private readonly TemporaryFolder _folder = new();
    private readonly List<WorkerProcess> _workers = [];
    private RedisServerProcess _redis = null!;
    private SampleServerProcess _sample = null!;

    public async Task InitializeAsync()
    {
        if (RedisServerProcess.WhyNot is not null) return;
        _redis = await RedisServerProcess.StartAsync();
        _sample = await SampleServerProcess.StartHttpAsync("--name", "sample");
        new ServersFile().Http("sample", _sample.Endpoint).With("sample", "health", new JsonObject { ["interval"] = "1s", ["timeout"] = "500ms" })
            .Sample("child").WriteTo(ServersFilePath);
    }

    public async Task DisposeAsync()
    {
        await Task.WhenAll(_workers.Select(worker => worker.DisposeAsync().AsTask()));
        if (_sample is not null) await _sample.DisposeAsync();
        if (_redis is not null) await _redis.DisposeAsync();
        _folder.Dispose();
    }

    [RedisFact]
    public async Task A_stopped_leader_is_followed_within_three_seconds_and_a_killed_one_within_twenty()
    {
        var first = await StartAsync();
        await LeadsAsync(first, Patience);
        await Eventually.TrueAsync(async () => (await VerdictsAsync()).Length == 2, Patience, $"there is a verdict on the HTTP instance, and none on the child\n{first.Output}");
        var second = await StartAsync();
        Assert.False(second.Leads);

        first.Send("TERM");
        var afterStop = await LeadsAsync(second, AfterStop);
        await VerdictIsNewAsync();
        await Eventually.TrueAsync(() => first.HasExited, Patience, "the stopped one has ended");

        var third = await StartAsync();
        second.Send("KILL");
        var afterKill = await LeadsAsync(third, AfterKill);
        await VerdictIsNewAsync();

        AcceptanceRun.Report(string.Create(
            CultureInfo.InvariantCulture, $"health worker: new leader {afterStop.TotalSeconds:0.00} s after SIGTERM, {afterKill.TotalSeconds:0.0} s after kill -9"));
    }

    [RedisFact]
    public async Task A_leader_that_was_frozen_finds_another_in_its_place_and_follows()
    {
        var old = await StartAsync();
        await LeadsAsync(old, Patience);
        var next = await StartAsync();

        old.Send("STOP");
        await LeadsAsync(next, AfterKill);
        _sample.Kill();
        await Eventually.TrueAsync(async () => (await VerdictsAsync()).Any(text => text.Contains("Unhealthy", StringComparison.Ordinal)), Patience, "the new leader found the instance dead");
        old.Send("CONT");

        await Eventually.TrueAsync(() => !old.Leads, Patience, $"the old one follows\n{old.Output}");
        Assert.True(next.Leads);
        Assert.Contains(await VerdictsAsync(), text => text.Contains("Unhealthy", StringComparison.Ordinal));
    }

    [RedisFact]
    public async Task Without_Redis_it_refuses_to_start_with_one_line()
    {
        var worker = WorkerProcess.Launch([]);
        _workers.Add(worker);

        await Eventually.TrueAsync(() => worker.HasExited && worker.Output.Length > 0, Patience, "it ended");

        Assert.StartsWith("Refusing to start: ConnectionStrings:redis is not set.", Assert.Single(worker.Output.Split(Environment.NewLine)), StringComparison.Ordinal);
    }

    [RedisFact]
    public async Task While_Redis_is_away_a_worker_goes_on_living_and_leads_again_when_it_is_back()
    {
        var worker = await StartAsync();
        await LeadsAsync(worker, Patience);

        await _redis.KillAsync();
        await Eventually.TrueAsync(() => !worker.Leads, Patience, $"it has given up\n{worker.Output}");
        await _redis.RestartAsync();

        await LeadsAsync(worker, Patience);
        await VerdictIsNewAsync();
    }

    private string ServersFilePath => _folder.File("mcp-servers.json");

    private async Task<WorkerProcess> StartAsync()
    {
        var worker = await WorkerProcess.StartAsync(_redis.ConnectionString, ServersFilePath);
        _workers.Add(worker);
        return worker;
    }

    private async Task<TimeSpan> LeadsAsync(WorkerProcess worker, TimeSpan within)
    {
        try { return await Eventually.TrueAsync(() => worker.Leads, within, "it leads"); }
        catch (FailException failure) { throw FailException.ForFailure($"{failure.Message}\n{string.Join("\n\n", _workers.Select(one => one.Output))}"); }
    }

    /// <summary>Field and value of each verdict.</summary>
    private async Task<string[]> VerdictsAsync() => (string[])(await _redis.ExecuteAsync("HGETALL", Verdicts))!;

    private async Task VerdictIsNewAsync()
    {
        var before = await VerdictsAsync();
        await Eventually.TrueAsync(
            async () =>
            {
                var now = await VerdictsAsync();
                return !now.SequenceEqual(before);
            },
            Patience,
            "somebody writes verdicts");
    }
}
