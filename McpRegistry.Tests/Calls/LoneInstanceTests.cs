using System.Text;

using McpRegistry.Core.Calls;
using McpRegistry.Core.Health;
using McpRegistry.Core.Json;
using McpRegistry.Core.LoadBalancing;
using McpRegistry.Core.Registration;
using McpRegistry.Core.State;
using McpRegistry.Core.Upstream;
using McpRegistry.Tests.Cluster.Fakes;
using McpRegistry.Tests.Fakes;

using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;
using Microsoft.Extensions.Time.Testing;

namespace McpRegistry.Tests.Calls;

/// <summary>What the dispatcher makes of one instance's troubles: its own, and ours.</summary>
public sealed class LoneInstanceTests : IDisposable
{
    private static readonly ProbeResult Silence = new(false, TimeSpan.FromSeconds(5), "It did not answer in time.") { IsSilence = true };

    private readonly FakeTimeProvider _time = new();
    private readonly FakeCluster.LogLines _log = new();
    private readonly CallDrain _drain = new();
    private readonly FakeInstanceClient _client = new();
    private readonly InstanceState _instance;

    public LoneInstanceTests() => _instance = Instance("1", _client);

    public void Dispose()
    {
        _drain.Dispose();
        _log.Dispose();
    }

    [Fact]
    public async Task A_lone_instance_that_came_and_went_too_often_is_tried()
    {
        for (var i = 0; i < 6; i++)
        {
            _instance.Health.RecordDisconnected("killed by signal 9");
            _instance.Health.RecordConnected();
        }
        Assert.Contains("too often", _instance.Health.Status.Error, StringComparison.Ordinal);

        using var outcome = await DispatchAsync(_instance);

        Assert.Equal((null, 1), (outcome.Failure, outcome.Attempts));
    }

    [Fact]
    public async Task A_lone_instance_without_a_connection_is_connected_by_the_call_itself()
    {
        var client = new ConnectingClient();
        using var outcome = await DispatchAsync(Instance("1", client));

        Assert.Equal((null, 1, 1), (outcome.Failure, outcome.Attempts, client.Connects));
    }

    [Fact]
    public async Task A_lone_instance_that_cannot_be_connected_was_tried_and_executed_nothing()
    {
        var client = new ConnectingClient { Refusal = new UpstreamException("connection failed: ConnectionRefused") };
        using var outcome = await DispatchAsync(Instance("1", client));

        Assert.Equal((ErrorCode.NoHealthyInstance, 1, false), (outcome.Failure, outcome.Attempts, outcome.MaybeExecuted));
        Assert.Contains("ConnectionRefused", Assert.Single(_log.Of("CallFailed")), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task A_lone_instance_that_answers_no_probe_may_only_be_busy_and_its_callers_wait(bool isSafe)
    {
        for (var i = 0; i < 3; i++) _instance.Health.RecordProbe(Silence);
        Assert.True(_instance.Health.IsHanging);
        var answer = new TaskCompletionSource<UpstreamReply>();
        _client.Answer = async (_, _) => await answer.Task;

        var dispatching = DispatchAsync(_instance, isSafe);
        _instance.AbandonSafeCalls();
        answer.SetResult(FakeInstanceClient.Result("{}"));
        using var outcome = await dispatching;

        Assert.Equal((null, 1), (outcome.Failure, outcome.Attempts));
    }

    [Fact]
    public async Task One_of_two_that_hangs_is_still_left_out()
    {
        for (var i = 0; i < 3; i++) _instance.Health.RecordProbe(Silence);
        var away = Instance("2", new FakeInstanceClient { Connection = null });

        using var outcome = await DispatchAsync([_instance, away]);

        Assert.Equal((ErrorCode.NoHealthyInstance, 0), (outcome.Failure, outcome.Attempts));
    }

    [Fact]
    public async Task A_drained_lone_instance_gets_no_call()
    {
        _instance.IsDraining = true;

        using var outcome = await DispatchAsync(_instance);

        Assert.Equal((ErrorCode.NoHealthyInstance, 0), (outcome.Failure, outcome.Attempts));
    }

    [Fact]
    public async Task Slow_calls_of_one_caller_take_the_service_from_nobody_while_it_answers_probes()
    {
        _client.Answer = HangUntilCancelledAsync;
        for (var i = 0; i < 6; i++)
        {
            var slow = DispatchAsync(_instance);
            _time.Advance(TimeSpan.FromSeconds(30));
            _instance.Health.RecordProbe(new ProbeResult(true, TimeSpan.FromMilliseconds(5)));
            _time.Advance(TimeSpan.FromSeconds(31));
            using var timedOut = await slow;
            Assert.Equal(ErrorCode.UpstreamTimeout, timedOut.Failure);
        }

        Assert.Equal((true, false), (_instance.IsAvailable, _instance.Health.IsHanging));
    }

    [Fact]
    public async Task An_exception_of_our_own_before_anything_left_is_no_execution_and_not_held_against_the_instance()
    {
        _client.Answer = (_, _) => throw new InvalidOperationException("half a pair");

        for (var i = 0; i < 5; i++)
        {
            using var outcome = await DispatchAsync([_instance, Instance("2", _client)]);
            Assert.Equal((ErrorCode.UpstreamFailed, 1, false), (outcome.Failure, outcome.Attempts, outcome.MaybeExecuted));
        }

        Assert.Equal((true, HealthVerdict.Unknown), (_instance.IsAvailable, _instance.Health.Status.Verdict));
        // Once for each call, whole.
        Assert.Equal(5, _log.Of("ClientThrew").Count);
        Assert.Empty(_log.Of("CallFailed"));
    }

    [Fact]
    public async Task An_exception_of_our_own_after_something_may_have_left_says_so()
    {
        _client.Answer = (request, _) =>
        {
            request.Leave();
            throw new InvalidOperationException("a bug while the answer was read");
        };

        using var outcome = await DispatchAsync(_instance, isSafe: true);

        Assert.Equal((ErrorCode.UpstreamFailed, 1, true), (outcome.Failure, outcome.Attempts, outcome.MaybeExecuted));
        Assert.True(_instance.IsAvailable);
    }

    [Theory]
    [InlineData("overloaded")]
    [InlineData("given up while waiting")]
    [InlineData("our own fault")]
    public async Task A_trial_that_never_reached_the_instance_is_given_back(string how)
    {
        var instance = Instance("1", _client, maxInFlight: 1, maxQueued: how == "overloaded" ? 0 : 10);
        for (var i = 0; i < 3; i++) instance.Health.RecordCall(UpstreamOutcome.ConnectFailed, isAlive: false);
        _time.Advance(TimeSpan.FromSeconds(15));
        Assert.True(instance.IsAvailable);
        if (how == "our own fault") _client.Answer = (_, _) => throw new InvalidOperationException();
        else Assert.NotNull(await instance.Load.TryEnterAsync(_time, TimeSpan.Zero, CancellationToken.None));
        using var caller = new CancellationTokenSource();

        var dispatching = DispatchAsync([instance], token: caller.Token);
        await caller.CancelAsync();
        using (await dispatching) { }

        Assert.True(instance.IsAvailable);
        Assert.True(instance.Health.TryAdmit(out _));
    }

    private Task<CallOutcome> DispatchAsync(InstanceState instance, bool isSafe = false) => DispatchAsync([instance], isSafe);

    private async Task<CallOutcome> DispatchAsync(InstanceState[] instances, bool isSafe = false, CancellationToken token = default)
    {
        var dispatcher = new CallDispatcher(_drain, _time, Options.Create(new UpstreamOptions()), _log.CreateLogger<CallDispatcher>());
        var service = new ServiceSnapshot { Registration = new ServiceRegistration { Name = "svc" }, Policy = new FirstAlphabeticalPolicy(), Instances = [.. instances] };
        return await dispatcher.DispatchAsync(
            new UpstreamCall { Service = service, Method = "tools/call", Target = "echo", Params = RequestParams.Parse(Encoding.UTF8.GetBytes("""{"name":"echo"}""")), IsSafe = isSafe }, token);
    }

    private InstanceState Instance(string id, IInstanceClient client, int maxInFlight = 64, int maxQueued = 128) =>
        new("svc", id, new Uri($"http://127.0.0.1:{id}"), client, new InstanceHealth(new HealthSettings(), _time, new Random(1)), new InstanceLoad(maxInFlight, maxQueued));

    private static async ValueTask<UpstreamReply> HangUntilCancelledAsync(UpstreamRequest request, CancellationToken token)
    {
        var cancelled = new TaskCompletionSource();
        await using var registration = token.Register(cancelled.SetResult);
        await cancelled.Task;
        return UpstreamReply.Cancelled(wasSent: request.Method.Length > 0);
    }

    private sealed class ConnectingClient : IInstanceClient
    {
        public int Connects { get; private set; }

        public UpstreamException? Refusal { get; init; }

        public InstanceConnection? Connection { get; private set; }

        public Task ConnectAsync(CancellationToken cancellationToken)
        {
            Connects++;
            if (Refusal is not null) return Task.FromException(Refusal);
            Connection = FakeInstanceClient.Legacy();
            return Task.CompletedTask;
        }

        public ValueTask<UpstreamReply> SendAsync(UpstreamRequest request, CancellationToken cancellationToken) => ValueTask.FromResult(FakeInstanceClient.Result("{}"));

        public ValueTask DisposeAsync() => ValueTask.CompletedTask;
    }
}
