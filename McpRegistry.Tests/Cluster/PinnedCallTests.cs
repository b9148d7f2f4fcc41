using System.Text;

using McpRegistry.Core.Calls;
using McpRegistry.Core.Cluster;
using McpRegistry.Core.Health;
using McpRegistry.Core.Json;
using McpRegistry.Core.LoadBalancing;
using McpRegistry.Core.Registration;
using McpRegistry.Core.State;
using McpRegistry.Core.Upstream;
using McpRegistry.Tests.Fakes;
using McpRegistry.Tests.Mcp;

using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Options;

namespace McpRegistry.Tests.Cluster;

/// <summary>What becomes of a call while its service goes from one replica to another.</summary>
public sealed class PinnedCallTests : IDisposable
{
    private static readonly StdioOwner Old = new("old", new Uri("http://127.0.0.1:1"));
    private static readonly StdioOwner New = new("new", new Uri("http://127.0.0.1:2"));

    private readonly SteppedClock _time = new();
    private readonly CallDrain _drain = new();
    private readonly RegistryState _state = new();
    private readonly StdioOwners _owners = new();
    private readonly FakeInstanceClient _old = new();
    private readonly FakeInstanceClient _new = new();

    public void Dispose() => _drain.Dispose();

    [Fact]
    public async Task A_call_between_two_owners_waits_for_the_next_one()
    {
        Put();
        var calling = CallAsync();
        await PassAsync(calling, TimeSpan.FromSeconds(2));
        Assert.False(calling.IsCompleted);

        Put(Relay(New, _new));
        await PassAsync(calling, TimeSpan.FromSeconds(1));

        using var ended = await calling;
        Assert.Null(ended.Failure);
        Assert.Equal(("owner-new", 1), (ended.InstanceId, ended.Attempts));
    }

    [Fact]
    public async Task An_unsafe_call_that_the_old_owner_did_not_take_is_executed_by_the_new_one()
    {
        _old.Answer = (_, _) => ValueTask.FromResult(UpstreamReply.NotSent(UpstreamOutcome.Refused, "HTTP 421"));
        _owners.Move("notes", Old);
        _owners.Settle("notes");
        Put(Relay(Old, _old));
        var calling = CallAsync();
        await PassAsync(calling, TimeSpan.FromSeconds(1));

        Put(Relay(New, _new));
        await PassAsync(calling, TimeSpan.FromSeconds(1));

        using var ended = await calling;
        Assert.Equal(("owner-new", 2, false), (ended.InstanceId, ended.Attempts, ended.MaybeExecuted));
        Assert.Single(_new.Methods);
    }

    [Fact]
    public async Task An_unsafe_call_that_the_old_owner_took_is_not_made_anew()
    {
        _old.Answer = (_, _) => ValueTask.FromResult(UpstreamReply.Lost(UpstreamOutcome.SentButNoAnswer, "lost"));
        Put(Relay(Old, _old), Relay(New, _new));

        using var ended = await CallAsync();

        Assert.Equal((ErrorCode.UpstreamFailed, true), (ended.Failure, ended.MaybeExecuted));
        Assert.Empty(_new.Methods);
    }

    [Fact]
    public async Task Nobody_waits_longer_than_five_seconds()
    {
        Put();
        var calling = CallAsync();

        var waited = await PassAsync(calling, TimeSpan.FromMinutes(1));

        using var ended = await calling;
        Assert.Equal((ErrorCode.NoHealthyInstance, false), (ended.Failure, ended.MaybeExecuted));
        Assert.InRange(waited, TimeSpan.FromSeconds(5), TimeSpan.FromSeconds(5.5));
    }

    [Fact]
    public async Task Nobody_waits_longer_than_the_call_may_take()
    {
        Put();
        var calling = CallAsync(timeout: TimeSpan.FromSeconds(1));

        var waited = await PassAsync(calling, TimeSpan.FromMinutes(1));

        using var ended = await calling;
        Assert.InRange(waited, TimeSpan.FromSeconds(1), TimeSpan.FromSeconds(1.5));
    }

    [Fact]
    public async Task A_service_that_stays_where_it_is_fails_at_once()
    {
        _owners.Move("notes", new StdioOwner("me", null));
        _owners.Settle("notes");
        var child = new FakeInstanceClient { Connection = null, Answer = (_, _) => ValueTask.FromResult(UpstreamReply.NotSent(UpstreamOutcome.ConnectFailed, "crash loop")) };
        Put(Instance("child-1", null, child));

        var calling = CallAsync();

        Assert.True(calling.IsCompleted);
        Assert.Single(child.Methods);
        using var ended = await calling;
        Assert.Equal(ErrorCode.NoHealthyInstance, ended.Failure);
    }

    [Fact]
    public async Task What_was_relayed_is_not_relayed_again()
    {
        Put(Relay(Old, _old));
        var calling = CallAsync(isRelayed: true);
        await PassAsync(calling, TimeSpan.FromSeconds(1));
        Assert.Empty(_old.Methods);

        var child = new FakeInstanceClient();
        Put(Relay(Old, _old), Instance("child-1", null, child));
        await PassAsync(calling, TimeSpan.FromSeconds(1));

        using var ended = await calling;
        Assert.Equal("child-1", ended.InstanceId);
        Assert.Empty(_old.Methods);
    }

    private Task<CallOutcome> CallAsync(TimeSpan? timeout = null, bool isRelayed = false)
    {
        var dispatcher = new CallDispatcher(_drain, _time, Options.Create(new UpstreamOptions()), NullLogger<CallDispatcher>.Instance, new OwnerWait(_state, _owners, _time));
        return dispatcher.DispatchAsync(
            new UpstreamCall
            {
                Service = _state.Current.Services["notes"],
                Method = "tools/call",
                Target = "add",
                Params = RequestParams.Parse(Encoding.UTF8.GetBytes("""{"name":"add"}""")),
                IsSafe = false,
                Timeout = timeout,
                IsRelayed = isRelayed,
            },
            default).AsTask();
    }

    private void Put(params InstanceState[] instances) => _state.Put(new ServiceSnapshot
    {
        Registration = new ServiceRegistration { Name = "notes", Protocol = ServiceProtocol.Stdio, Config = new ServiceConfig { Command = "server" } },
        Policy = new RoundRobinPolicy(),
        Instances = [.. instances],
    });

    private InstanceState Relay(StdioOwner owner, IInstanceClient client) => Instance("owner-" + owner.Replica, owner.Address, client);

    private InstanceState Instance(string id, Uri? address, IInstanceClient client) =>
        new("notes", id, address, client, new InstanceHealth(new HealthSettings(), _time, new Random(1)), new InstanceLoad(64, 128));

    /// <summary>Lets the time pass until the call has ended, or so long.</summary>
    private Task<TimeSpan> PassAsync(Task calling, TimeSpan longest)
    {
        var end = _time.GetUtcNow() + longest;
        return _time.UntilAsync(() => calling.IsCompleted || _time.GetUtcNow() >= end, "the call ends, or time passes", TimeSpan.FromMilliseconds(50));
    }
}
