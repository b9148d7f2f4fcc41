using System.Collections.Immutable;
using System.Text;

using McpRegistry.Core.Calls;
using McpRegistry.Core.Health;
using McpRegistry.Core.Json;
using McpRegistry.Core.LoadBalancing;
using McpRegistry.Core.Registration;
using McpRegistry.Core.State;
using McpRegistry.Core.Upstream;
using McpRegistry.Core.Upstream.Http;
using McpRegistry.Core.Upstream.Http.Egress;
using McpRegistry.Core.Upstream.PlainHttp;
using McpRegistry.Tests.Acceptance.Harness;
using McpRegistry.Tests.Upstream.Channels;
using McpRegistry.Tests.Upstream.Http;

using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Options;
using Microsoft.Extensions.Time.Testing;

namespace McpRegistry.Tests.Upstream.AtMostOnce;

/// <summary>
/// Unsafe calls through the dispatcher to servers that answer with anything, compared with what they really did. What the
/// servers may not do is <see cref="Denial"/>; a case is found again by its kind and round.
/// </summary>
public sealed class AtMostOnceTests
{
    private const int CallsInRound = 20;
    private static readonly int[] FoundOnce = [227, 266];

    private static readonly ServiceRegistration Registration = new()
    {
        Name = "svc",
        Config = new ServiceConfig { Tools = ImmutableSortedDictionary<string, ToolSettings>.Empty.Add("pay", new ToolSettings()) },
    };

    [Theory]
    [InlineData("legacy")]
    [InlineData("sessionless")]
    [InlineData("modern")]
    [InlineData("events")]
    [InlineData("child")]
    [InlineData("plain")]
    public async Task No_unsafe_call_is_executed_twice_and_none_that_was_is_called_not_executed(string kind)
    {
        // In the full form 10^5 calls over all kinds.
        var rounds = AcceptanceRun.Choose(40, 850);
        var counts = new Counts();
        for (var round = 0; round < rounds; round++) await RunAsync(kind, round, counts);
        // What the full form found once: a broken byte in the name of the id.
        foreach (var round in FoundOnce) if (round >= rounds) await RunAsync(kind, round, counts);

        // Neither side of the comparison may be vacuous.
        Assert.InRange(counts.Executed, counts.Calls / 4, counts.Calls);
        // A child has no way to say so: what was written to it may have been executed.
        Assert.True(counts.Denied > 0 || kind is "child" or "events", "no call was told that nothing was executed");
        AcceptanceRun.Report($"at most once, {kind}: {counts.Calls} calls, {counts.Executed} executed, {counts.Answered} answered, {counts.Denied} told not executed, {counts.Open} told maybe executed, {counts.Attempts} attempts, 0 executed twice, 0 untrue");
    }

    private static async Task RunAsync(string kind, int round, Counts counts)
    {
        var ledger = new Ledger(round);
        var time = new FakeTimeProvider();
        IInstanceClient[] clients = [Client(kind, ledger, time), Client(kind, ledger, time)];
        try
        {
            for (var number = 0; number < CallsInRound; number++)
            {
                foreach (var client in clients) await ConnectAsync(client);
                await CallAsync($"{kind}-{round}-{number}", clients, ledger, time, counts);
            }
        }
        finally
        {
            foreach (var client in clients) await client.DisposeAsync();
        }
    }

    private static async Task CallAsync(string call, IInstanceClient[] clients, Ledger ledger, FakeTimeProvider time, Counts counts)
    {
        ledger.Begin();
        using var drain = new CallDrain();
        var dispatcher = new CallDispatcher(drain, time, Options.Create(new UpstreamOptions()), NullLogger<CallDispatcher>.Instance);
        var dispatching = dispatcher.DispatchAsync(
            new UpstreamCall
            {
                Service = Service(clients, time),
                Method = "tools/call",
                Target = "pay",
                Params = RequestParams.Parse(Encoding.UTF8.GetBytes($$$"""{"name":"pay","arguments":{"call":"{{{call}}}"}}""")),
                IsSafe = false,
            },
            CancellationToken.None).AsTask();
        using var outcome = await EndAsync(dispatching, ledger, time, call);

        var executions = ledger.ExecutionsOf(call);
        var said = $"{call}: executed {executions} times, {outcome.Failure?.ToString() ?? "answered"}, maybe executed: {outcome.MaybeExecuted}\n{ledger.Story}";
        Assert.True(executions <= 1, said);
        Assert.True(outcome.Failure is null || outcome.MaybeExecuted || executions == 0, said);
        Assert.True(outcome.Failure is null || !ledger.IsAnswered, $"An answer that names the request was thrown away. {said}");
        counts.Add(outcome, executions);
    }

    // Time goes on only where the server has left the call without hope, so that a busy machine does not end a call early.
    private static async Task<CallOutcome> EndAsync(Task<CallOutcome> dispatching, Ledger ledger, FakeTimeProvider time, string call)
    {
        using var patience = new CancellationTokenSource(TimeSpan.FromSeconds(60), TimeProvider.System);
        while (!dispatching.IsCompleted)
        {
            await Task.WhenAny(dispatching, Task.Delay(TimeSpan.FromMilliseconds(2), TimeProvider.System));
            if (ledger.IsHopeless) time.Advance(TimeSpan.FromSeconds(61));
            Assert.False(patience.IsCancellationRequested, $"{call} has no end.\n{ledger.Story}");
        }

        return await dispatching;
    }

    private static async Task ConnectAsync(IInstanceClient client)
    {
        for (var attempt = 0; attempt < 20 && (client.Connection is null || client is ChildServer { HasEnded: true }); attempt++)
        {
            try { await client.ConnectAsync(CancellationToken.None); }
            catch (UpstreamException) { }
        }
    }

    private static IInstanceClient Client(string kind, Ledger ledger, FakeTimeProvider time) => kind switch
    {
        "legacy" => new StreamableHttpClient(Instance(new StreamableServer(ledger, isModern: false, givesSessions: true), time)),
        "sessionless" => new StreamableHttpClient(Instance(new StreamableServer(ledger, isModern: false, givesSessions: false), time)),
        "modern" => new StreamableHttpClient(Instance(new StreamableServer(ledger, isModern: true, givesSessions: false), time)),
        "events" => new StreamableHttpClient(Instance(new EventServer(ledger), time)),
        "plain" => new PlainHttpClient(Instance(new PlainServer(ledger), time), Registration.Config),
        _ => new ChildServer(ledger, isModern: ledger.Dice.OneIn(2), time),
    };

    private static HttpInstance Instance(OddHandler handler, FakeTimeProvider time) => new()
    {
        Id = new InstanceName("svc", "one"),
        Address = new Uri("http://upstream.invalid/mcp"),
        Egress = new EgressLease(new HttpMessageInvoker(handler), proxied: null, giveBack: () => { }),
        Credentials = new InstanceCredentials(Registration, new PlainSecrets(), time),
        Observer = new RecordingObserver(),
        Time = time,
        Random = new Random(7),
        Logger = NullLogger.Instance,
        StartupTimeout = TimeSpan.FromMinutes(10),
        MaxResponseBytes = 1024 * 1024,
    };

    // New health for each call: that an instance which failed gets no calls is another test's matter.
    private static ServiceSnapshot Service(IInstanceClient[] clients, FakeTimeProvider time) => new()
    {
        Registration = Registration,
        Policy = new FirstPolicy(),
        Instances = [.. clients.Select((client, at) =>
            new InstanceState("svc", $"{at}", new Uri("http://upstream.invalid/mcp"), client, new InstanceHealth(new HealthSettings(), time, new Random(1)), new InstanceLoad(64, 128)))],
    };

    private sealed class FirstPolicy : ILoadBalancingPolicy
    {
        public string Name => "First";

        public InstanceState Pick(ReadOnlySpan<InstanceState> candidates) => candidates[0];
    }

    private sealed class Counts
    {
        public int Calls { get; private set; }

        public int Executed { get; private set; }

        public int Answered { get; private set; }

        public int Denied { get; private set; }

        public int Open { get; private set; }

        public int Attempts { get; private set; }

        public void Add(CallOutcome outcome, int executions)
        {
            Calls++;
            Executed += executions;
            Attempts += outcome.Attempts;
            if (outcome.Failure is null) Answered++;
            else if (outcome.MaybeExecuted) Open++;
            else Denied++;
        }
    }
}
