using McpRegistry.Core.Health;
using McpRegistry.Core.Registration;
using McpRegistry.Core.State;
using McpRegistry.Core.Upstream;

namespace McpRegistry.Tests.Health;

public sealed class HealthMonitorTests : IAsyncLifetime, IAsyncDisposable
{
    private readonly HealthHarness _harness = new();

    public Task InitializeAsync() => _harness.StartAsync();

    async Task IAsyncLifetime.DisposeAsync() => await DisposeAsync();

    public ValueTask DisposeAsync() => _harness.DisposeAsync();

    [Fact]
    public async Task A_new_instance_is_connected_at_once_and_its_service_is_ready()
    {
        var client = new FakeInstanceClient();

        var instance = _harness.Add(client);

        await HealthHarness.MeanwhileAsync(() => ConditionOf("alpha") == ServiceCondition.Ready, "the service is ready");
        Assert.Equal(1, client.Connects);
        Assert.Equal(HealthVerdict.Healthy, instance.Health.Status.Verdict);
        Assert.Equal(1, _harness.Catalog.RequestsFor("alpha"));
    }

    [Fact]
    public async Task A_handshake_is_probe_enough_for_some_seconds_and_then_the_time_of_an_answer_is_taken()
    {
        var client = new FakeInstanceClient();
        _harness.Add(client, settings: new HealthSettings { Interval = TimeSpan.FromHours(2) });
        await HealthHarness.MeanwhileAsync(() => ConditionOf("alpha") == ServiceCondition.Ready, "the service is ready");

        await _harness.UntilAsync(() => client.Sends == 1, "the next probe");

        // 2 s, less their spread; at its interval it would be after hours.
        Assert.InRange(Elapsed, TimeSpan.FromSeconds(1.6), TimeSpan.FromMinutes(30));
        Assert.Equal(1, _harness.Catalog.RequestsFor("alpha"));
    }

    [Fact]
    public async Task A_service_that_cannot_be_connected_says_why_after_the_first_attempt()
    {
        _harness.Add(new FakeInstanceClient { OnConnect = _ => throw new UpstreamException("npx not found") }, isChild: true);

        await HealthHarness.MeanwhileAsync(() => ConditionOf("alpha") == ServiceCondition.Unavailable, "the service is away");
        Assert.Equal("npx not found", _harness.State.Current.Services["alpha"].Reason);
        Assert.Equal(0, _harness.Catalog.RequestsFor("alpha"));
    }

    [Fact]
    public async Task A_service_that_refuses_our_calls_stays_ready_and_says_so_until_it_takes_one()
    {
        var instance = _harness.Add(FakeInstanceClient.Connected());
        await HealthHarness.MeanwhileAsync(() => ConditionOf("alpha") == ServiceCondition.Ready, "the service is ready");

        instance.Health.RecordCall(UpstreamOutcome.Refused, isAlive: true, UpstreamReply.RefusedWith(401, null).RefusalReason);
        await _harness.UntilAsync(() => ReasonOf("alpha") == "It refused our credentials (HTTP 401).", "the reason is told");
        Assert.Equal(ServiceCondition.Ready, ConditionOf("alpha"));

        instance.Health.RecordCall(UpstreamOutcome.Answered, isAlive: false);
        await _harness.UntilAsync(() => ReasonOf("alpha") is null, "the reason is gone");
        Assert.Equal(ServiceCondition.Ready, ConditionOf("alpha"));
    }

    [Fact]
    public async Task A_healthy_instance_is_probed_at_its_interval()
    {
        var client = FakeInstanceClient.Connected();
        var instance = _harness.Add(client);
        await HealthHarness.MeanwhileAsync(() => instance.Health.Status.LastCheck is not null, "the first probe");

        await _harness.UntilAsync(() => client.Sends == 11, "ten more probes", stepMilliseconds: 2_000);

        Assert.InRange(Elapsed.TotalSeconds, 240, 600);
    }

    [Fact]
    public async Task An_instance_that_stops_answering_goes_out_and_comes_back()
    {
        var client = FakeInstanceClient.Connected();
        var instance = _harness.Add(client);
        await HealthHarness.MeanwhileAsync(() => ConditionOf("alpha") == ServiceCondition.Ready, "the service is ready");

        client.OnSend = FakeInstanceClient.HangAsync;
        await _harness.UntilAsync(() => ConditionOf("alpha") == ServiceCondition.Unavailable, "the hung instance is out");
        Assert.Equal("It did not answer in time.", _harness.State.Current.Services["alpha"].Reason);

        client.OnSend = null;
        await _harness.UntilAsync(() => ConditionOf("alpha") == ServiceCondition.Ready, "the instance is back");
        Assert.Equal(HealthVerdict.Healthy, instance.Health.Status.Verdict);
    }

    [Fact]
    public async Task A_doubt_brings_the_next_probe_forward_and_shortens_the_one_on_its_way()
    {
        var client = FakeInstanceClient.Connected();
        var instance = _harness.Add(client, settings: new HealthSettings { Timeout = TimeSpan.FromHours(1), Interval = TimeSpan.FromHours(2) });
        await HealthHarness.MeanwhileAsync(() => instance.Health.Status.Verdict == HealthVerdict.Healthy, "the first probe");
        client.OnSend = FakeInstanceClient.HangAsync;
        var check = _harness.Checker.CheckNowAsync("alpha", CancellationToken.None);
        await HealthHarness.MeanwhileAsync(() => client.Sends == 2, "a patient probe is on its way");

        instance.Health.Suspect();

        await _harness.UntilAsync(() => !instance.IsAvailable, "the hung instance is out");
        Assert.InRange(Elapsed.TotalMinutes, 0, 5);
        Assert.True(await check);
    }

    [Fact]
    public async Task A_bad_probe_that_somebody_asked_for_brings_the_next_ones_forward()
    {
        var client = FakeInstanceClient.Connected();
        var instance = _harness.Add(client, settings: new HealthSettings { Interval = TimeSpan.FromHours(2) });
        await HealthHarness.MeanwhileAsync(() => instance.Health.Status.Verdict == HealthVerdict.Healthy, "the first probe");
        client.OnSend = (_, _) => ValueTask.FromResult(UpstreamReply.NotSent(UpstreamOutcome.ConnectFailed, "refused"));

        await _harness.Checker.CheckNowAsync("alpha", CancellationToken.None);

        await _harness.UntilAsync(() => !instance.IsAvailable, "the instance is out");
        Assert.InRange(Elapsed.TotalMinutes, 0, 5);
    }

    [Fact]
    public async Task An_ejection_by_calls_is_in_the_snapshot_at_once()
    {
        var instance = _harness.Add(FakeInstanceClient.Connected());
        await HealthHarness.MeanwhileAsync(() => ConditionOf("alpha") == ServiceCondition.Ready, "the service is ready");

        for (var i = 0; i < 3; i++) instance.Health.RecordCall(UpstreamOutcome.ConnectFailed, isAlive: false);

        await HealthHarness.MeanwhileAsync(() => ConditionOf("alpha") == ServiceCondition.Unavailable, "the service is away");
    }

    [Fact]
    public async Task While_some_hang_even_deaf_ones_no_other_waits()
    {
        var hung = Enumerable.Range(0, 100).Select(_ => FakeInstanceClient.Connected()).ToArray();
        for (var i = 0; i < hung.Length; i++)
        {
            hung[i].OnSend = i % 2 == 0 ? FakeInstanceClient.HangAsync : FakeInstanceClient.HangDeafAsync;
            _harness.Add(hung[i], "hung", $"instance-{i}", new HealthSettings { Timeout = TimeSpan.FromHours(1) });
        }

        await HealthHarness.MeanwhileAsync(() => hung.Sum(one => one.Sends) == 64, "every place is taken");
        var wellbeing = FakeInstanceClient.Connected();
        _harness.Add(wellbeing, "well");

        // 64 may begin at once; a hung one gives its place back after a second.
        await _harness.UntilAsync(() => wellbeing.Sends == 1, "the other service is probed");
        Assert.InRange(Elapsed.TotalMinutes, 0, 5);
    }

    [Fact]
    public async Task A_connection_that_hangs_ends_with_the_startup_time()
    {
        var client = new FakeInstanceClient { OnConnect = stop => Task.Delay(Timeout.InfiniteTimeSpan, TimeProvider.System, stop) };
        var instance = _harness.Add(client);

        await _harness.UntilAsync(() => client.Connects == 2, "a second attempt", stepMilliseconds: 1_000);

        Assert.InRange(Elapsed.TotalSeconds, 60, 120);
        Assert.Equal("It did not answer in time.", instance.Health.Status.Error);
    }

    [Fact]
    public async Task An_instance_that_cannot_be_connected_is_tried_again_but_never_in_a_storm()
    {
        var client = new FakeInstanceClient { OnConnect = _ => throw new UpstreamException("The child ended.") };
        var instance = _harness.Add(client, isChild: true);
        await HealthHarness.MeanwhileAsync(() => instance.Health.Status.LastCheck is not null, "the first attempt");

        await _harness.UntilAsync(() =>
        {
            instance.Health.RecordDisconnected($"The child ended {client.Connects} times.");
            return client.Connects == 20;
        }, "more attempts");
        Assert.InRange(Elapsed.TotalSeconds, 19, double.MaxValue);

        client.OnConnect = null;
        await _harness.UntilAsync(() => ConditionOf("alpha") == ServiceCondition.Ready && _harness.Catalog.RequestsFor("alpha") > 0, "the service is ready and read");
    }

    [Fact]
    public async Task Lists_are_read_again_now_and_then_for_the_whole_service_at_once()
    {
        _harness.Add(new FakeInstanceClient());
        _harness.Add(new FakeInstanceClient(), id: "two");
        await HealthHarness.MeanwhileAsync(() => _harness.Catalog.RequestsFor("alpha") == 2, "each new connection");

        await _harness.UntilAsync(() => _harness.Catalog.RequestsFor("alpha") == 3, "the lists have grown old", stepMilliseconds: 2_000);

        Assert.InRange(Elapsed.TotalMinutes, 5, 9);
    }

    [Fact]
    public async Task Lists_that_could_not_be_read_are_asked_for_again_at_the_next_probe()
    {
        var client = new FakeInstanceClient();
        _harness.Add(client);
        _harness.HasReadNoLists();
        await HealthHarness.MeanwhileAsync(() => _harness.Catalog.RequestsFor("alpha") == 1, "the handshake asks for them");

        await _harness.UntilAsync(() => _harness.Catalog.RequestsFor("alpha") == 2, "so does the next probe", stepMilliseconds: 2_000);

        Assert.InRange(Elapsed.TotalSeconds, 1.6, 200);
    }

    [Fact]
    public async Task An_instance_that_is_gone_is_left_alone()
    {
        var client = FakeInstanceClient.Connected();
        var (gone, other) = (_harness.Add(client), FakeInstanceClient.Connected());
        await HealthHarness.MeanwhileAsync(() => gone.Health.Status.LastCheck is not null, "the first probe");

        _harness.State.Remove("alpha");
        _harness.Add(other, "other");
        await HealthHarness.MeanwhileAsync(() => other.Sends == 1, "the monitor saw both changes");
        await _harness.UntilAsync(() => other.Sends == 5, "time passes", stepMilliseconds: 2_000);

        Assert.Equal(1, client.Sends);
    }

    [Fact]
    public async Task A_check_probes_every_instance_now_and_has_its_verdicts_in_the_snapshot()
    {
        var clients = Enumerable.Range(0, 3).Select(_ => FakeInstanceClient.Connected()).ToArray();
        var instances = clients.Select((client, number) => _harness.Add(client, id: $"instance-{number}", settings: new HealthSettings { Fall = 1 })).ToArray();
        await HealthHarness.MeanwhileAsync(() => instances.All(one => one.Health.Status.LastCheck is not null), "the first round");
        foreach (var client in clients) client.OnSend = (_, _) => ValueTask.FromResult(UpstreamReply.NotSent(UpstreamOutcome.ConnectFailed, "refused"));

        Assert.True(await _harness.Checker.CheckNowAsync("alpha", CancellationToken.None));

        Assert.All(clients, client => Assert.InRange(client.Sends, 2, 3));
        Assert.Equal((ServiceCondition.Unavailable, "It cannot be reached."), (ConditionOf("alpha"), _harness.State.Current.Services["alpha"].Reason));
        Assert.False(await _harness.Checker.CheckNowAsync("nobody", CancellationToken.None));
    }

    private TimeSpan Elapsed => _harness.Time.GetUtcNow() - DateTimeOffset.UnixEpoch;

    private string? ReasonOf(string service) => _harness.State.Current.Services[service].Reason;

    private ServiceCondition ConditionOf(string service) => _harness.State.Current.Services[service].Condition;
}
