using System.Collections.Immutable;
using System.Text;

using McpRegistry.Core.Calls;
using McpRegistry.Core.Health;
using McpRegistry.Core.Json;
using McpRegistry.Core.LoadBalancing;
using McpRegistry.Core.Registration;
using McpRegistry.Core.State;
using McpRegistry.Core.Upstream;
using McpRegistry.Tests.Fakes;

using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Options;
using Microsoft.Extensions.Time.Testing;

namespace McpRegistry.Tests.Calls;

/// <summary>The table of research on reliability, 2.1: what may be sent again, and what may not.</summary>
public sealed class CallDispatcherTests
{
    private readonly FakeTimeProvider _time = new();
    private readonly CallDrain _drain = new();
    private readonly FakeInstanceClient _one = new();
    private readonly FakeInstanceClient _two = new();
    private readonly FakeInstanceClient _three = new();

    [Theory]
    [InlineData(UpstreamOutcome.ConnectFailed)]
    [InlineData(UpstreamOutcome.Refused)]
    [InlineData(UpstreamOutcome.Overloaded)]
    public async Task An_unsafe_call_that_was_not_sent_goes_to_another_instance(UpstreamOutcome outcome)
    {
        _one.Answer = (_, _) => ValueTask.FromResult(UpstreamReply.NotSent(outcome, "no"));

        using var ended = await DispatchAsync(isSafe: false);

        Assert.Null(ended.Failure);
        Assert.Equal(2, ended.Attempts);
        Assert.Equal("2", ended.InstanceId);
    }

    [Theory]
    [InlineData(UpstreamOutcome.SentButNoAnswer, ErrorCode.UpstreamFailed)]
    [InlineData(UpstreamOutcome.ProtocolError, ErrorCode.UpstreamProtocolError)]
    [InlineData(UpstreamOutcome.ResponseTooLarge, ErrorCode.ResponseTooLarge)]
    public async Task An_unsafe_call_that_was_sent_is_never_sent_again(UpstreamOutcome outcome, ErrorCode code)
    {
        _one.Answer = (_, _) => ValueTask.FromResult(UpstreamReply.Lost(outcome, "lost"));

        using var ended = await DispatchAsync(isSafe: false);

        Assert.Equal(code, ended.Failure);
        Assert.True(ended.MaybeExecuted);
        Assert.Equal(1, ended.Attempts);
        Assert.Empty(_two.Methods);
        Assert.Empty(_three.Methods);
    }

    [Fact]
    public async Task A_safe_call_that_was_lost_goes_to_another_instance()
    {
        _one.Answer = (_, _) => ValueTask.FromResult(UpstreamReply.Lost(UpstreamOutcome.SentButNoAnswer, "lost"));

        using var ended = await DispatchAsync(isSafe: true);

        Assert.Null(ended.Failure);
        Assert.Equal(2, ended.Attempts);
    }

    [Fact]
    public async Task A_call_is_tried_three_times_at_most_and_each_time_elsewhere()
    {
        foreach (var client in (FakeInstanceClient[])[_one, _two, _three])
            client.Answer = (_, _) => ValueTask.FromResult(UpstreamReply.Lost(UpstreamOutcome.SentButNoAnswer, "lost"));

        using var ended = await DispatchAsync(isSafe: true);

        Assert.Equal(ErrorCode.UpstreamFailed, ended.Failure);
        Assert.Equal(3, ended.Attempts);
        Assert.All((FakeInstanceClient[])[_one, _two, _three], client => Assert.Single(client.Methods));
    }

    [Fact]
    public async Task What_the_caller_got_wrong_is_held_against_no_instance_and_sent_to_no_other()
    {
        _one.Answer = (_, _) => ValueTask.FromResult(UpstreamReply.Invalid("The argument \"id\" is missing."));
        var service = Service();

        for (var i = 0; i < 5; i++)
        {
            using var ended = await DispatchAsync(isSafe: true, service);
            Assert.Equal((ErrorCode.InvalidArguments, false, 1), (ended.Failure, ended.MaybeExecuted, ended.Attempts));
            Assert.Equal("The argument \"id\" is missing.", ended.Detail);
        }

        Assert.True(service.Instances[0].Health.IsAvailable);
        Assert.False(service.Instances[0].Health.IsSuspected);
        Assert.Empty(_two.Methods);
    }

    [Theory]
    [InlineData("5"), InlineData("null"), InlineData("[]"), InlineData("\"done\"")]
    public async Task A_result_that_is_no_object_is_no_answer_and_may_have_been_executed(string result)
    {
        _one.Answer = (_, _) => ValueTask.FromResult(FakeInstanceClient.Result(result));

        using var ended = await DispatchAsync(isSafe: false);

        Assert.Equal((ErrorCode.UpstreamProtocolError, true, 1), (ended.Failure, ended.MaybeExecuted, ended.Attempts));
        Assert.Empty(_two.Methods);
    }

    [Fact]
    public async Task An_error_of_the_upstream_is_an_answer()
    {
        _one.Answer = (_, _) => ValueTask.FromResult(FakeInstanceClient.Error(-32603));

        using var ended = await DispatchAsync(isSafe: true);

        Assert.Null(ended.Failure);
        Assert.True(ended.Reply!.IsError);
        Assert.Equal(1, ended.Attempts);
    }

    [Fact]
    public async Task An_unsafe_call_without_an_answer_ends_at_its_deadline_and_says_so()
    {
        _one.Answer = HangUntilCancelled;

        var dispatching = DispatchAsync(isSafe: false);
        _time.Advance(TimeSpan.FromSeconds(61));
        using var ended = await dispatching;

        Assert.Equal(ErrorCode.UpstreamTimeout, ended.Failure);
        Assert.True(ended.MaybeExecuted);
        Assert.Equal(1, ended.Attempts);
    }

    [Fact]
    public async Task A_safe_call_without_an_answer_goes_on_within_its_deadline()
    {
        _one.Answer = HangUntilCancelled;

        var dispatching = DispatchAsync(isSafe: true);
        _time.Advance(TimeSpan.FromSeconds(61));
        using var ended = await dispatching;

        Assert.Null(ended.Failure);
        Assert.Equal("2", ended.InstanceId);
    }

    [Fact]
    public async Task A_safe_call_leaves_an_instance_that_is_found_to_be_out_and_an_unsafe_one_waits()
    {
        _one.Answer = HangUntilCancelled;
        var service = Service();

        var safe = DispatchAsync(isSafe: true, service: service);
        var unsafeCall = DispatchAsync(isSafe: false, service: service);
        service.Instances[0].AbandonSafeCalls();
        using var ended = await safe;

        Assert.Equal("2", ended.InstanceId);
        Assert.False(unsafeCall.IsCompleted);
        _time.Advance(TimeSpan.FromSeconds(61));
        using var lost = await unsafeCall;
        Assert.True(lost.MaybeExecuted);
    }

    [Fact]
    public async Task Progress_starts_the_silence_anew_but_not_the_end()
    {
        IRequestListener? listener = null;
        _one.Answer = (request, token) =>
        {
            listener = request.Listener;
            return HangUntilCancelled(request, token);
        };

        var dispatching = DispatchAsync(isSafe: false, listener: new SilentListener());
        for (var i = 0; i < 7; i++)
        {
            Assert.False(dispatching.IsCompleted);
            _time.Advance(TimeSpan.FromSeconds(40));
            await listener!.NotifiedAsync("notifications/progress", default);
        }
        _time.Advance(TimeSpan.FromSeconds(21));
        using var ended = await dispatching;

        Assert.Equal(ErrorCode.UpstreamTimeout, ended.Failure);
    }

    [Fact]
    public async Task A_sign_of_life_starts_the_silence_anew_although_nobody_asked_for_progress()
    {
        ISignsOfLife? waiting = null;
        _one.Answer = (request, token) =>
        {
            waiting = request.SignsOfLife;
            return HangUntilCancelled(request, token);
        };

        var dispatching = DispatchAsync(isSafe: false);
        for (var i = 0; i < 7; i++)
        {
            Assert.False(dispatching.IsCompleted);
            _time.Advance(TimeSpan.FromSeconds(40));
            waiting!.Seen();
        }
        _time.Advance(TimeSpan.FromSeconds(21));
        using var ended = await dispatching;

        Assert.Equal(ErrorCode.UpstreamTimeout, ended.Failure);
    }

    [Theory]
    [InlineData(401, ErrorCode.UpstreamUnauthorized)]
    [InlineData(403, ErrorCode.UpstreamUnauthorized)]
    [InlineData(429, ErrorCode.UpstreamRateLimited)]
    public async Task A_refusal_of_every_instance_is_named_as_what_it_is(int status, ErrorCode code)
    {
        foreach (var client in (FakeInstanceClient[])[_one, _two, _three])
            client.Answer = (_, _) => ValueTask.FromResult(UpstreamReply.RefusedWith(status, TimeSpan.FromSeconds(7)));

        using var ended = await DispatchAsync(isSafe: false);

        Assert.Equal((code, 3, false), (ended.Failure, ended.Attempts, ended.MaybeExecuted));
        Assert.Equal(TimeSpan.FromSeconds(7), ended.RetryAfter);
    }

    [Fact]
    public async Task A_caller_who_gives_up_is_not_held_against_the_instance()
    {
        using var caller = new CancellationTokenSource();
        _one.Answer = HangUntilCancelled;
        var service = Service();

        for (var i = 0; i < 5; i++)
        {
            var dispatching = DispatchAsync(isSafe: true, service: service, token: caller.Token);
            await caller.CancelAsync();
            using var ended = await dispatching;
            Assert.Equal(ErrorCode.Cancelled, ended.Failure);
        }

        Assert.True(service.Instances[0].IsAvailable);
        Assert.Empty(_two.Methods);
    }

    [Fact]
    public async Task A_call_that_has_nowhere_else_to_go_is_sent_to_the_one_that_can_be_started_for_it()
    {
        foreach (var client in (FakeInstanceClient[])[_one, _two, _three]) client.Connection = null;
        _two.ConnectsForCalls = true;

        using var ended = await DispatchAsync(isSafe: false);

        Assert.Null(ended.Failure);
        Assert.Equal(("2", 1), (ended.InstanceId, ended.Attempts));
    }

    [Fact]
    public async Task With_nobody_left_the_answer_comes_at_once()
    {
        foreach (var client in (FakeInstanceClient[])[_one, _two, _three]) client.Connection = null;

        using var ended = await DispatchAsync(isSafe: true);

        Assert.Equal(ErrorCode.NoHealthyInstance, ended.Failure);
        Assert.False(ended.MaybeExecuted);
        Assert.NotNull(ended.RetryAfter);
    }

    [Fact]
    public async Task A_draining_instance_gets_no_calls()
    {
        var service = Service();
        service.Instances[0].IsDraining = true;

        using var ended = await DispatchAsync(isSafe: true, service: service);

        Assert.Equal("2", ended.InstanceId);
        Assert.Empty(_one.Methods);
    }

    [Fact]
    public async Task A_session_stays_on_its_instance_while_that_is_there()
    {
        var affinity = new SessionAffinity();
        affinity.Bind("svc", "3");
        var service = Service();

        using var bound = await DispatchAsync(isSafe: true, service: service, affinity: affinity);
        Assert.Equal("3", bound.InstanceId);

        service.Instances[2].IsDraining = true;
        using var moved = await DispatchAsync(isSafe: true, service: service, affinity: affinity);
        Assert.Equal("1", moved.InstanceId);
    }

    [Fact]
    public async Task A_client_that_throws_is_one_typed_error()
    {
        _one.Answer = (request, _) =>
        {
            request.Leave();
            throw new InvalidOperationException("secret");
        };

        using var ended = await DispatchAsync(isSafe: false);

        Assert.Equal(ErrorCode.UpstreamFailed, ended.Failure);
        Assert.True(ended.MaybeExecuted);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task A_call_in_flight_when_the_gateway_ends_says_so_and_is_not_sent_again(bool isSafe)
    {
        _one.Answer = HangUntilCancelled;

        var dispatching = DispatchAsync(isSafe);
        _drain.End();
        using var ended = await dispatching;

        Assert.Equal(ErrorCode.Draining, ended.Failure);
        Assert.True(ended.MaybeExecuted);
        Assert.Equal(1, ended.Attempts);
        Assert.Empty(_two.Methods);
    }

    [Fact]
    public async Task A_call_that_comes_after_the_end_is_not_sent_and_may_be_repeated()
    {
        _drain.End();

        using var ended = await DispatchAsync(isSafe: false);

        Assert.Equal(ErrorCode.Draining, ended.Failure);
        Assert.False(ended.MaybeExecuted);
        Assert.NotNull(ended.RetryAfter);
        Assert.Empty(_one.Methods);
    }

    private async Task<CallOutcome> DispatchAsync(bool isSafe, ServiceSnapshot? service = null, IRequestListener? listener = null, SessionAffinity? affinity = null, CancellationToken token = default)
    {
        var dispatcher = new CallDispatcher(_drain, _time, Options.Create(new UpstreamOptions()), NullLogger<CallDispatcher>.Instance);
        return await dispatcher.DispatchAsync(
            new UpstreamCall
            {
                Service = service ?? Service(),
                Method = "tools/call",
                Target = "echo",
                Params = RequestParams.Parse(Encoding.UTF8.GetBytes("""{"name":"echo"}""")),
                IsSafe = isSafe,
                Listener = listener,
                Affinity = affinity,
            },
            token);
    }

    private ServiceSnapshot Service() => new()
    {
        Registration = new ServiceRegistration { Name = "svc" },
        Policy = new FirstPolicy(),
        Instances = ((FakeInstanceClient[])[_one, _two, _three]).Select((client, at) => Instance($"{at + 1}", client)).ToImmutableArray(),
    };

    private InstanceState Instance(string id, IInstanceClient client) =>
        new("svc", id, new Uri($"http://127.0.0.1:{id}"), client, new InstanceHealth(new HealthSettings(), _time, new Random(1)), new InstanceLoad(64, 128));

    private static async ValueTask<UpstreamReply> HangUntilCancelled(UpstreamRequest request, CancellationToken token)
    {
        var cancelled = new TaskCompletionSource();
        await using var registration = token.Register(cancelled.SetResult);
        await cancelled.Task;
        return UpstreamReply.Cancelled(wasSent: true);
    }

    private sealed class FirstPolicy : ILoadBalancingPolicy
    {
        public string Name => "First";

        public InstanceState Pick(ReadOnlySpan<InstanceState> candidates)
        {
            var first = candidates[0];
            foreach (var candidate in candidates)
                if (string.CompareOrdinal(candidate.InstanceId, first.InstanceId) < 0) first = candidate;
            return first;
        }
    }

    private sealed class SilentListener : IRequestListener
    {
        public ValueTask NotifiedAsync(string method, ReadOnlyMemory<byte> message) => ValueTask.CompletedTask;
    }
}
