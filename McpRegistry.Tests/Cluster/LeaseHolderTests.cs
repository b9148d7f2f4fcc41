using System.Collections.Concurrent;

using McpRegistry.Core.Cluster;
using McpRegistry.Tests.Cluster.Fakes;
using McpRegistry.Tests.Fakes;

using Microsoft.Extensions.Logging.Abstractions;

namespace McpRegistry.Tests.Cluster;

public sealed class LeaseHolderTests : IAsyncLifetime, IDisposable
{
    private const string Lease = "health";
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(30);

    private readonly SteppedClock _time = new();
    private readonly MemoryLeaseStore _store;
    private readonly CancellationTokenSource _stopAll = new();
    private readonly List<Task> _running = [];

    public LeaseHolderTests() => _store = new MemoryLeaseStore(_time);

    public Task InitializeAsync() => Task.CompletedTask;

    public async Task DisposeAsync()
    {
        await _stopAll.CancelAsync();
        _store.Recover();
        await UntilAsync(() => _running.TrueForAll(one => one.IsCompleted), "all have stopped");
    }

    public void Dispose() => _stopAll.Dispose();

    [Fact]
    public async Task One_of_two_holds_it_and_renews_it_for_ever()
    {
        var (one, other) = (Start("one"), Start("other"));
        await MeanwhileAsync(() => one.IsWorking ^ other.IsWorking, "one of them works");
        var first = one.IsWorking ? one : other;

        await UntilAsync(() => _store.Extensions >= 10, "it is renewed");

        Assert.True(first.IsWorking);
        Assert.Equal(1, one.Terms.Count + other.Terms.Count);
        await MeanwhileAsync(() => one.Holder.Holder == first.Name && other.Holder.Holder == first.Name, "both know who holds it");
    }

    [Fact]
    public async Task A_stop_hands_it_over_with_the_clock_standing_still_and_only_after_the_work_has_ended()
    {
        var one = Start("one");
        await MeanwhileAsync(() => one.IsWorking, "the first works");
        var other = Start("other");
        await MeanwhileAsync(() => other.Holder.Holder == "one", "the other waits");
        var lastWords = one.HoldBackEnd();

        await one.Stop.CancelAsync();
        await MeanwhileAsync(() => one.Terms.Single().End.IsCancellationRequested, "the term is over");
        Assert.Null(one.Holder.Token);
        Assert.Equal("one", _store.OwnerOf(Lease));
        lastWords.SetResult();

        await MeanwhileAsync(() => other.IsWorking, "the other works");
        Assert.Equal((1, 2), (one.Terms.Single().Token, other.Terms.Single().Token));
    }

    [Fact]
    public async Task A_moment_without_the_store_at_the_stop_does_not_cost_the_others_its_whole_time()
    {
        var one = Start("one");
        await MeanwhileAsync(() => one.IsWorking, "the first works");
        var other = Start("other");
        await MeanwhileAsync(() => other.Holder.Holder == "one", "the other waits");
        var stoppedAt = _time.GetUtcNow();
        _store.IsAway = true;
        await one.Stop.CancelAsync();
        await UntilAsync(() => _time.GetUtcNow() - stoppedAt >= TimeSpan.FromMilliseconds(300), "a moment passes");

        _store.IsAway = false;

        await UntilAsync(() => other.IsWorking, "the other works");
        Assert.InRange((_time.GetUtcNow() - stoppedAt).TotalSeconds, 0, 3);
    }

    [Fact]
    public async Task A_holder_that_vanished_is_followed_when_its_time_is_over()
    {
        await _store.TryTakeAsync(Lease, "vanished", LeaseTimes.Duration, 0, default);
        var vanishedAt = _time.GetUtcNow();
        var other = Start("other");

        await UntilAsync(() => other.IsWorking, "the other works");

        Assert.InRange((_time.GetUtcNow() - vanishedAt).TotalSeconds, 15, 17);
    }

    [Fact]
    public async Task A_holder_whose_renewal_hangs_stops_by_itself_before_anybody_else_can_begin()
    {
        var one = Start("one");
        await MeanwhileAsync(() => one.IsWorking, "the first works");
        var takenAt = _time.GetUtcNow();
        _store.Hang("one");
        var other = Start("other");

        await UntilAsync(() => !one.IsWorking, "it has stopped");
        Assert.InRange((_time.GetUtcNow() - takenAt).TotalSeconds, 10, 11.5);
        Assert.Null(one.Holder.Token);
        Assert.False(other.IsWorking);

        await UntilAsync(() => other.IsWorking, "the other works");
        Assert.InRange((_time.GetUtcNow() - takenAt).TotalSeconds, 15, 17);
    }

    [Fact]
    public async Task A_short_absence_of_the_store_costs_nothing_and_a_long_one_the_term()
    {
        var one = Start("one");
        await MeanwhileAsync(() => one.IsWorking, "it works");

        _store.IsAway = true;
        await UntilAsync(() => _store.Extensions >= 3, "renewals fail");
        _store.IsAway = false;
        await UntilAsync(() => _store.Extensions >= 6, "renewals go on");
        Assert.Single(one.Terms);

        _store.IsAway = true;
        await UntilAsync(() => !one.IsWorking, "it has stopped");
        var takes = _store.Takes;
        await UntilAsync(() => _store.Takes >= takes + 60, "it goes on trying");
        _store.IsAway = false;
        await UntilAsync(() => one.IsWorking, "it works again");
        Assert.Equal([1, 2], one.Terms.Select(term => term.Token));
    }

    [Fact]
    public async Task When_the_store_forgot_everything_the_token_still_grows()
    {
        var one = Start("one");
        await MeanwhileAsync(() => one.IsWorking, "it works");

        _store.Forget();
        await UntilAsync(() => one.Terms.Count == 2 && one.IsWorking, "it works again");

        Assert.Equal([1, 2], one.Terms.Select(term => term.Token));
    }

    [Fact]
    public async Task Another_process_that_took_the_lease_over_ends_the_term_at_the_next_renewal()
    {
        var one = Start("one");
        await MeanwhileAsync(() => one.IsWorking, "it works");
        _store.Forget();
        await _store.TryTakeAsync(Lease, "usurper", LeaseTimes.Duration, 7, default);

        await UntilAsync(() => !one.IsWorking, "it has stopped");

        await MeanwhileAsync(() => one.Holder.Holder == "usurper", "it knows who holds it");
        Assert.Null(one.Holder.Token);
    }

    [Fact]
    public async Task Work_that_fails_gives_the_lease_to_the_others_first_and_is_tried_again()
    {
        var one = Start("one");
        await MeanwhileAsync(() => one.IsWorking, "the first works");
        var other = Start("other");
        await MeanwhileAsync(() => other.Holder.Holder == "one", "the other waits");

        one.Fail();
        await MeanwhileAsync(() => other.IsWorking, "the other works");
        await other.Stop.CancelAsync();

        await UntilAsync(() => one.IsWorking, "the first works again");
        Assert.Equal([1, 3], one.Terms.Select(term => term.Token));
    }

    [Fact]
    public async Task In_a_process_that_was_stopped_and_continued_the_token_is_gone_before_any_timer_fires()
    {
        var stopped = new FrozenTimers(_time);
        var holder = new LeaseHolder(_store, Lease, "one", stopped, NullLogger<LeaseHolder>.Instance);
        var term = new TaskCompletionSource<CancellationToken>(TaskCreationOptions.RunContinuationsAsynchronously);
        _running.Add(holder.RunWhileHeldAsync(async (_, end) =>
        {
            term.SetResult(end);
            await UntilCancelledAsync(end);
        }, _stopAll.Token));
        var end = await term.Task.WaitAsync(Patience);
        Assert.Equal(1, holder.Token);

        _time.Advance(LeaseTimes.GiveUp);

        Assert.Equal((null, false), (holder.Token, end.IsCancellationRequested));
    }

    private Candidate Start(string name)
    {
        var candidate = new Candidate(_store, name, _time, _stopAll.Token);
        _running.Add(candidate.Running);
        return candidate;
    }

    private Task<TimeSpan> UntilAsync(Func<bool> condition, string what) => _time.UntilAsync(condition, what, TimeSpan.FromMilliseconds(100));

    private static async Task MeanwhileAsync(Func<bool> condition, string what)
    {
        var started = TimeProvider.System.GetTimestamp();
        while (!condition())
        {
            Assert.True(TimeProvider.System.GetElapsedTime(started) < Patience, $"It never came to pass: {what}");
            await Task.Delay(TimeSpan.FromMilliseconds(1), TimeProvider.System);
        }
    }

    private static async Task UntilCancelledAsync(CancellationToken end)
    {
        var ended = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        await using var registration = end.Register(ended.SetResult);
        await ended.Task;
    }

    /// <summary>One that wants the lease, with what it did under it.</summary>
    private sealed class Candidate
    {
        private readonly ConcurrentQueue<(long Token, CancellationToken End)> _terms = new();
        private TaskCompletionSource _failure = new(TaskCreationOptions.RunContinuationsAsynchronously);
        private Task _heldBack = Task.CompletedTask;
        private volatile bool _isWorking;

        public Candidate(ILeaseStore store, string name, TimeProvider time, CancellationToken stopAll)
        {
            Name = name;
            Holder = new LeaseHolder(store, Lease, name, time, NullLogger<LeaseHolder>.Instance);
            Stop = CancellationTokenSource.CreateLinkedTokenSource(stopAll);
            Running = Holder.RunWhileHeldAsync(WorkAsync, Stop.Token);
        }

        public string Name { get; }

        public LeaseHolder Holder { get; }

        public CancellationTokenSource Stop { get; }

        public Task Running { get; }

        public bool IsWorking => _isWorking;

        public ConcurrentQueue<(long Token, CancellationToken End)> Terms => _terms;

        public void Fail() => _failure.SetException(new InvalidOperationException("The work cannot be done here."));

        public TaskCompletionSource HoldBackEnd()
        {
            var lastWords = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
            _heldBack = lastWords.Task;
            return lastWords;
        }

        private async Task WorkAsync(long token, CancellationToken end)
        {
            _terms.Enqueue((token, end));
            _isWorking = true;
            try
            {
                var ended = await Task.WhenAny(UntilCancelledAsync(end), _failure.Task);
                if (ended == _failure.Task)
                {
                    _failure = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
                    await ended;
                }

                await _heldBack;
            }
            finally { _isWorking = false; }
        }
    }

    /// <summary>A clock that goes on while no timer fires, as right after a stopped process was continued.</summary>
    private sealed class FrozenTimers(TimeProvider clock) : TimeProvider
    {
        public override long TimestampFrequency => clock.TimestampFrequency;

        public override long GetTimestamp() => clock.GetTimestamp();

        public override DateTimeOffset GetUtcNow() => clock.GetUtcNow();

        public override ITimer CreateTimer(TimerCallback callback, object? state, TimeSpan dueTime, TimeSpan period) =>
            base.CreateTimer(callback, state, Timeout.InfiniteTimeSpan, Timeout.InfiniteTimeSpan);
    }
}
