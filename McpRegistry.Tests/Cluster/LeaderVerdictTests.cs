using McpRegistry.Core.Cluster;
using McpRegistry.Core.Health;
using McpRegistry.Core.Registration;
using McpRegistry.Core.State;
using McpRegistry.Core.Storage.Redis;
using McpRegistry.Tests.Acceptance.Harness;
using McpRegistry.Tests.Health;
using McpRegistry.Tests.Redis;
using McpRegistry.Tests.Storage;

using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Options;

namespace McpRegistry.Tests.Cluster;

/// <summary>From the probes of the worker that leads, through a real Redis, to the instances of a gateway.</summary>
public sealed class LeaderVerdictTests : IAsyncLifetime
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(20);
    private static readonly ProbeResult Good = new(true, TimeSpan.FromMilliseconds(12));
    private static readonly ProbeResult Bad = new(false, TimeSpan.FromSeconds(1), "It cannot be reached.");

    private readonly CancellationTokenSource _end = new();
    private readonly RegistryState _worker = new();
    private readonly RegistryState _gateway = new();
    private readonly HealthAnnouncer _announcer;
    private RedisServerProcess _server = null!;
    private RedisProcess _workerRedis = null!;
    private RedisProcess _gatewayRedis = null!;

    public LeaderVerdictTests() =>
        _announcer = new HealthAnnouncer(_worker, new HealthHarness.CatalogProbe(), Options.Create(new HealthMonitorOptions()), NullLogger<HealthAnnouncer>.Instance);

    public async Task InitializeAsync()
    {
        if (RedisServerProcess.WhyNot is not null) return;
        _server = await RedisServerProcess.StartAsync();
        _workerRedis = await LeaderRedis.OpenAsync(_server);
        _gatewayRedis = await LeaderRedis.OpenAsync(_server);
    }

    public async Task DisposeAsync()
    {
        await _end.CancelAsync();
        _end.Dispose();
        if (_server is null) return;
        await _workerRedis.DisposeAsync();
        await _gatewayRedis.DisposeAsync();
        await _server.DisposeAsync();
    }

    [RedisFact]
    public async Task A_verdict_reaches_a_gateway_that_listens_and_one_that_starts_later()
    {
        var token = await TakeAsync("worker");
        var (probed, early) = (Add(_worker), Add(_gateway));
        Read(_gateway);
        _ = Write(token);

        await ProbeUntilAsync(probed, Good, () => early.Health.Status is { Verdict: HealthVerdict.Healthy, ResponseTime: { } time } && time == Good.Elapsed);
        Assert.InRange(early.Health.AdviceAge!.Value.TotalSeconds, 0, 5);

        for (var i = 0; i < 3; i++) probed.Health.RecordProbe(Bad);
        await ProbeUntilAsync(probed, Bad, () => early.Health.Status.Verdict == HealthVerdict.Unhealthy);

        var lateState = new RegistryState();
        var late = Add(lateState);
        Read(lateState);
        await Eventually.TrueAsync(() => late.Health.Status is { Verdict: HealthVerdict.Unhealthy, Error: "It cannot be reached." }, Patience, "the late one knows");
        Assert.InRange(late.Health.AdviceAge!.Value.TotalSeconds, 0, 10);
    }

    [RedisFact]
    public async Task A_child_process_is_never_advised()
    {
        var token = await TakeAsync("worker");
        var (child, other) = (Add(_gateway, id: "child-1", isChild: true), Add(_gateway, service: "beta"));
        Read(_gateway);
        await SubscribersAsync(1);

        await Board.TryWriteAsync(token, [Verdict("alpha", "child-1", Bad), Verdict("beta", "one", Good)], [], default);

        await Eventually.TrueAsync(() => other.Health.AdviceAge is not null, Patience, "the message was taken in");
        Assert.Null(child.Health.AdviceAge);
    }

    [RedisFact]
    public async Task What_an_old_leader_writes_is_refused_and_ends_its_term()
    {
        var old = await TakeAsync("old");
        await Board.TryWriteAsync(old, [Verdict("alpha", "one", Good)], [], default);
        await _server.ExecuteAsync("DEL", _workerRedis.Connection.Key("lease:health"));
        var next = await TakeAsync("next");
        Assert.True(await Board.TryWriteAsync(next, [Verdict("alpha", "one", Bad)], [], default));
        var heard = 0;
        await Board.SubscribeAsync(_ => Interlocked.Increment(ref heard), default);

        var instance = Add(_worker);
        var writing = Write(old);
        await ProbeUntilAsync(instance, Good, () => writing.IsCompleted);

        Assert.Equal(HealthVerdict.Unhealthy, Assert.Single(await Board.ReadAsync(default)).Advice.Verdict);
        Assert.True(await Board.TryWriteAsync(next, [Verdict("alpha", "one", Bad)], [], default));
        await Eventually.TrueAsync(() => Volatile.Read(ref heard) > 0, Patience, "what the new one wrote is heard");
        Assert.Equal(1, heard);
    }

    [RedisFact]
    public async Task A_token_from_before_Redis_forgot_everything_is_refused_although_it_is_higher()
    {
        var token = 0L;
        for (var i = 0; i < 5; i++) token = await TakeAsync("old");
        await _server.ExecuteAsync("DEL", _workerRedis.Connection.Key("lease:health"), _workerRedis.Connection.Key("lease:health:token"));
        Assert.False(await Board.TryWriteAsync(token, [Verdict("alpha", "one", Good)], [], default));

        var fresh = await new RedisLeases(_gatewayRedis.Connection).TryTakeAsync(LeaderLease.Name, "knows nothing", LeaseTimes.Duration, 0, default);

        Assert.True(fresh.Token < token);
        Assert.False(await Board.TryWriteAsync(token, [Verdict("alpha", "one", Good)], [], default));
        Assert.Empty(await Board.ReadAsync(default));
    }

    [RedisFact]
    public async Task An_instance_that_is_gone_is_forgotten_also_when_it_went_while_nobody_led()
    {
        var token = await TakeAsync("worker");
        await Board.TryWriteAsync(token, [Verdict("long-gone", "one", Good)], [], default);
        var (stays, goes) = (Add(_worker), Add(_worker, service: "beta"));
        _ = Write(token);
        goes.Health.RecordProbe(Good);
        _announcer.Announce(goes);
        await ProbeUntilAsync(stays, Good, async () => (await NamesAsync()).SetEquals(["alpha/one", "beta/one"]));

        _worker.Remove("beta");

        await Eventually.TrueAsync(async () => (await NamesAsync()).SetEquals(["alpha/one"]), Patience, "only the one that stays is there");
    }

    [RedisFact]
    public async Task A_gateway_catches_up_after_Redis_was_away()
    {
        var token = await TakeAsync("worker");
        var instance = Add(_gateway);
        Read(_gateway);
        await SubscribersAsync(1);
        await Board.TryWriteAsync(token, [Verdict("alpha", "one", Good)], [], default);
        await Eventually.TrueAsync(() => instance.Health.AdviceAge is not null, Patience, "the first verdict is there");

        await _server.KillAsync();
        await _gatewayRedis.UpAsync(false);
        await _server.RestartAsync();
        await _workerRedis.UpAsync();
        var next = await TakeAsync("worker");
        await Board.TryWriteAsync(next, [Verdict("alpha", "one", Bad)], [], default);

        await Eventually.TrueAsync(() => instance.Health.Status.Verdict == HealthVerdict.Unhealthy, Patience, "the verdict from meanwhile is there");
    }

    private RedisHealthBoard Board => field ??= new RedisHealthBoard(_workerRedis.Connection);

    private async Task<long> TakeAsync(string owner) =>
        (await new RedisLeases(_workerRedis.Connection).TryTakeAsync(LeaderLease.Name, owner, LeaseTimes.Duration, 0, default)).Token;

    private Task Write(long token) =>
        new SharedHealthWriter(_worker, _announcer, new RedisHealthBoard(_workerRedis.Connection), TimeProvider.System, NullLogger<SharedHealthWriter>.Instance).RunAsync(token, _end.Token);

    private void Read(RegistryState state) =>
        _ = new SharedHealthReader(state, new RedisHealthBoard(_gatewayRedis.Connection), TimeProvider.System, NullLogger<SharedHealthReader>.Instance).StartAsync(_end.Token);

    private async Task SubscribersAsync(int count) => await Eventually.TrueAsync(
        async () => (long)(await _server.ExecuteAsync("PUBSUB", "NUMSUB", _workerRedis.Connection.Key("verdicts")))[1] >= count, Patience, "the gateway listens");

    private async Task<HashSet<string>> NamesAsync() => [.. (await Board.ReadAsync(default)).Select(one => one.Instance.ToString())];

    private Task ProbeUntilAsync(InstanceState instance, ProbeResult result, Func<bool> condition) => ProbeUntilAsync(instance, result, () => Task.FromResult(condition()));

    private async Task ProbeUntilAsync(InstanceState instance, ProbeResult result, Func<Task<bool>> condition) => await Eventually.TrueAsync(
        async () =>
        {
            instance.Health.RecordProbe(result);
            _announcer.Announce(instance);
            return await condition();
        },
        Patience,
        "what the probe found got through");

    private static InstanceState Add(RegistryState state, string service = "alpha", string id = "one", bool isChild = false)
    {
        var instance = Instances.Create(id, service: service, isChild: isChild);
        state.Update(
            service,
            before => before is null ? Instances.Service(instance) : before with { Instances = before.Instances.Add(instance) },
            (_, _) => new RegistryChange(RegistryChangeKind.ServiceUpdated, service, 0));
        return instance;
    }

    private static SharedVerdict Verdict(string service, string instance, ProbeResult probe) => new(
        new InstanceName(service, instance), new HealthAdvice(probe.IsHealthy ? HealthVerdict.Healthy : HealthVerdict.Unhealthy, probe, TimeSpan.Zero));
}
