using System.Collections.Concurrent;

using McpRegistry.Core.Catalog;
using McpRegistry.Core.Health;
using McpRegistry.Core.LoadBalancing;
using McpRegistry.Core.Registration;
using McpRegistry.Core.State;
using McpRegistry.Core.Upstream;
using McpRegistry.Tests.Fakes;
using McpRegistry.Tests.Health;

using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Testing;

using FakeInstanceClient = McpRegistry.Tests.Fakes.FakeInstanceClient;

namespace McpRegistry.Tests.Catalog;

public sealed class CatalogRefresherTests : IDisposable
{
    private const string AllLists = """{"tools":{},"prompts":{},"resources":{}}""";

    private readonly SteppedClock _time = new(DateTimeOffset.UnixEpoch);
    private readonly RegistryState _state = new();
    private readonly CatalogRefresher _refresher;
    private readonly ConcurrentDictionary<string, Func<Task<UpstreamReply>>> _answers = new();
    private readonly ConcurrentQueue<RegistryChange> _changes = new();
    private readonly FakeLogger<CatalogRefresher> _log = new();

    public CatalogRefresherTests()
    {
        _refresher = new CatalogRefresher(_state, new CatalogReader(_time), _time, _log);
        _state.Subscribe(_changes.Enqueue);
    }

    public void Dispose() => _refresher.Dispose();

    [Fact]
    public async Task Tools_are_there_although_the_prompts_never_come()
    {
        Answers("tools/list", Tools("t"));
        _answers["prompts/list"] = NeverAsync;
        Add(Client(AllLists));

        _refresher.RequestRefresh("svc");
        await HealthHarness.MeanwhileAsync(() => Service.Catalog.Tools.Length == 1, "the tools are there");

        Assert.Equal(TimeSpan.Zero, _time.GetUtcNow() - DateTimeOffset.UnixEpoch);
        await HealthHarness.MeanwhileAsync(() => Service.Catalog.Unread.Length == 1, "the resources are read");
        Assert.Equal((ServiceCondition.Degraded, "Its prompts are still being read."), (Service.Condition, Service.Reason));
        await _time.UntilAsync(() => Service.Catalog.Unread.IsEmpty, "the prompts are given up", TimeSpan.FromSeconds(5));
        Assert.Equal((ServiceCondition.Degraded, "The prompts could not be read: it did not answer within 60 s."), (Service.Condition, Service.Reason));
        Assert.Equal("svc", Assert.Single(_state.Current.Catalog.Degraded));
    }

    [Fact]
    public async Task What_a_service_offers_is_told_once_with_the_last_of_its_lists()
    {
        Answers("tools/list", Tools("t"));
        Answers("prompts/list", """{"prompts":[{"name":"p"}]}""");
        Add(Client(AllLists));

        await ReadAllAsync();
        await HealthHarness.MeanwhileAsync(() => _log.Collector.Count > 0, "it is told");

        Assert.Equal(["svc offers 1 tools, 1 prompts, 0 resources"], _log.Collector.GetSnapshot().Where(one => one.Level == LogLevel.Information).Select(one => one.Message));
    }

    [Fact]
    public async Task A_list_that_could_not_be_read_is_named_and_tried_again_soon()
    {
        Answers("tools/list", Tools("t"));
        _answers["prompts/list"] = () => Task.FromResult(FakeInstanceClient.Error(-32603));
        Add(Client(AllLists));
        await ReadAllAsync();
        Assert.Equal((ServiceCondition.Degraded, "The prompts could not be read: it answered an error (-32603)."), (Service.Condition, Service.Reason));

        Answers("prompts/list", """{"prompts":[{"name":"p"}]}""");
        var passed = await _time.UntilAsync(() => Service.Condition == ServiceCondition.Ready, "the prompts are read", TimeSpan.FromMilliseconds(250));

        Assert.InRange(passed.TotalSeconds, 0.25, 10);
        Assert.Equal("p", Assert.Single(Service.Catalog.Prompts).Name);
        Assert.Null(Service.Reason);
        Assert.Equal(1, Count("tools/list"));
    }

    [Fact]
    public async Task A_list_that_fails_for_ever_is_asked_for_less_and_less_often()
    {
        Answers("tools/list", Tools("t"));
        _answers["prompts/list"] = () => Task.FromResult(FakeInstanceClient.Error(-32603));
        Add(Client(AllLists));
        await ReadAllAsync();

        await _time.PassAsync(TimeSpan.FromMinutes(20), TimeSpan.FromSeconds(1));

        // 1, 2, 4 … 256 and then 300 seconds.
        Assert.InRange(Count("prompts/list"), 8, 13);
    }

    [Fact]
    public async Task What_was_known_of_a_list_stays_when_it_cannot_be_read()
    {
        Answers("tools/list", Tools("t"));
        Add(Client());
        await ReadAllAsync();

        _answers["tools/list"] = () => Task.FromResult(UpstreamReply.NotSent(UpstreamOutcome.Refused, "HTTP 401", isAlive: true));
        Assert.False(await _refresher.RefreshAsync("svc", CancellationToken.None));

        Assert.Equal("t", Assert.Single(Service.Catalog.Tools).Name);
        Assert.Equal((ServiceCondition.Degraded, "The tools could not be read: it refused our credentials (HTTP 401)."), (Service.Condition, Service.Reason));
    }

    [Fact]
    public async Task A_tool_that_is_left_out_makes_the_service_degraded_and_a_mended_one_does_not()
    {
        Answers("tools/list", """{"tools":[{"name":"t","inputSchema":{"type":"object"}},{"title":"nameless"},7]}""");
        Add(Client());
        await ReadAllAsync();
        Assert.Equal((ServiceCondition.Degraded, "2 tools are left out."), (Service.Condition, Service.Reason));

        Answers("tools/list", """{"tools":[{"name":"t"}]}""");
        await _refresher.RefreshAsync("svc", CancellationToken.None);

        Assert.True(Assert.Single(Service.Catalog.Problems).IsMended);
        Assert.Equal((ServiceCondition.Ready, null), (Service.Condition, Service.Reason));
    }

    [Fact]
    public async Task Lists_of_a_second_instance_are_taken_when_the_first_fails()
    {
        var second = Client();
        second.Answer = (_, _) => ValueTask.FromResult(FakeInstanceClient.Result(Tools("second")));
        _answers["tools/list"] = () => Task.FromResult(FakeInstanceClient.Error(-32603));
        Add(Client(), second);

        await ReadAllAsync();

        Assert.Equal(("second", ServiceCondition.Ready), (Assert.Single(Service.Catalog.Tools).Name, Service.Condition));
    }

    [Fact]
    public async Task A_server_that_says_list_changed_with_each_answer_is_read_less_and_less_often()
    {
        Add(Client());
        var text = 0;
        _answers["tools/list"] = () =>
        {
            _refresher.NoteChanged("svc", CatalogLists.Tools);
            return Task.FromResult(FakeInstanceClient.Result(Tools($"t{text++}")));
        };
        await ReadAllAsync();
        _changes.Clear();

        await _time.PassAsync(TimeSpan.FromSeconds(10), TimeSpan.FromMilliseconds(50));

        // 0.25, 0.5, 1, 2, 4, 8 seconds apart; and no more often are clients told.
        Assert.InRange(Count("tools/list"), 3, 7);
        Assert.InRange(_changes.Count(one => one.Lists != CatalogLists.None), 2, 7);

        await _time.PassAsync(TimeSpan.FromMinutes(5), TimeSpan.FromSeconds(1));
        Assert.InRange(Count("tools/list"), 8, 20);
    }

    [Fact]
    public async Task After_a_pause_a_change_is_read_at_once_again()
    {
        Answers("tools/list", Tools("t"));
        Add(Client());
        await ReadAllAsync();
        foreach (var number in Enumerable.Range(0, 5))
        {
            Answers("tools/list", Tools($"t{number}"));
            _refresher.NoteChanged("svc", CatalogLists.Tools);
            await _time.UntilAsync(() => Service.Catalog.Tools[0].Name == $"t{number}", "it is read", TimeSpan.FromMilliseconds(100));
        }

        await _time.PassAsync(TimeSpan.FromSeconds(35), TimeSpan.FromSeconds(1));
        Answers("tools/list", Tools("after"));
        _refresher.NoteChanged("svc", CatalogLists.Tools);

        var passed = await _time.UntilAsync(() => Service.Catalog.Tools[0].Name == "after", "it is read", TimeSpan.FromMilliseconds(100));
        Assert.InRange(passed.TotalSeconds, 0.2, 2);
    }

    [Fact]
    public async Task A_change_told_while_the_list_is_read_makes_one_more_reading_and_no_more()
    {
        Add(Client());
        var gate = new TaskCompletionSource<UpstreamReply>();
        _answers["tools/list"] = () => gate.Task;
        _refresher.RequestRefresh("svc");
        await HealthHarness.MeanwhileAsync(() => Count("tools/list") == 1, "it is asked");

        foreach (var _ in Enumerable.Range(0, 50)) _refresher.NoteChanged("svc", CatalogLists.Tools);
        Answers("tools/list", Tools("new"));
        gate.SetResult(FakeInstanceClient.Result(Tools("old")));

        await _time.UntilAsync(() => Service.Catalog.Tools is [{ Name: "new" }], "it is read again", TimeSpan.FromMilliseconds(100));
        await _time.PassAsync(TimeSpan.FromSeconds(30), TimeSpan.FromSeconds(1));
        Assert.Equal(2, Count("tools/list"));
    }

    [Fact]
    public async Task Refreshes_that_are_given_up_leave_no_backlog()
    {
        Answers("tools/list", Tools("t"));
        Add(Client());
        await ReadAllAsync();
        var gate = new TaskCompletionSource<UpstreamReply>(TaskCreationOptions.RunContinuationsAsynchronously);
        _answers["tools/list"] = () => gate.Task;
        using var gone = new CancellationTokenSource();
        var first = _refresher.RefreshAsync("svc", gone.Token);
        await HealthHarness.MeanwhileAsync(() => Count("tools/list") == 2, "it is asked");

        var waiting = Enumerable.Range(0, 30).Select(_ => _refresher.RefreshAsync("svc", gone.Token)).ToArray();
        var patient = _refresher.RefreshAsync("svc", CancellationToken.None);
        await gone.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => first);
        foreach (var one in waiting) await Assert.ThrowsAnyAsync<OperationCanceledException>(() => one);
        Assert.False(patient.IsCompleted);
        Answers("tools/list", Tools("u"));
        gate.SetResult(FakeInstanceClient.Result(Tools("t")));

        Assert.True(await patient);
        Assert.Equal(3, Count("tools/list"));
        Assert.Equal("u", Assert.Single(Service.Catalog.Tools).Name);
    }

    [Fact]
    public async Task Changed_instructions_and_capabilities_are_published()
    {
        Answers("tools/list", Tools("t"));
        var client = Client();
        Add(client);
        await ReadAllAsync();

        client.Connection = FakeInstanceClient.Legacy("""{"tools":{},"completions":{},"logging":{}}""") with { Instructions = "Ask twice." };
        _refresher.RequestRefresh("svc");
        await _time.UntilAsync(() => Service.Catalog.Instructions is not null, "they are published", TimeSpan.FromMilliseconds(100));

        Assert.True(Service.Catalog is { HasCompletions: true, HasLogging: true });
        Assert.Equal("Ask twice.", Service.Catalog.OwnView.Instructions);
        Assert.DoesNotContain("Ask twice.", _state.Current.Catalog.Instructions, StringComparison.Ordinal);
    }

    [Fact]
    public async Task What_a_service_listed_it_claims_since_then_also_when_it_lists_it_no_more()
    {
        Answers("resources/list", """{"resources":[{"uri":"zed://a/1","name":"n"}]}""");
        await _time.PassAsync(TimeSpan.FromSeconds(2), TimeSpan.FromSeconds(1));
        Add(Client(AllLists));
        await ReadAllAsync();
        // Read within the first minute: since the start, so that those who come up together do so at the same time.
        Assert.Equal(0, Service.Catalog.Claims.Since["zed://a"]);

        Answers("resources/list", """{"resources":[{"uri":"bank://accounts/vip","name":"n"}]}""");
        Assert.True(await _refresher.RefreshAsync("svc", CancellationToken.None));
        Assert.Equal(2_000, Service.Catalog.Claims.Since["bank://accounts"]);
        Answers("resources/list", """{"resources":[]}""");
        Assert.True(await _refresher.RefreshAsync("svc", CancellationToken.None));

        Assert.Equal(["bank://accounts", "zed://a"], Service.Catalog.Claims.Since.Keys);
    }

    [Fact]
    public async Task A_service_without_any_list_is_ready()
    {
        Add(Client("{}"));

        Assert.True(await _refresher.RefreshAsync("svc", CancellationToken.None));

        Assert.True(Service.Catalog.IsWhole);
        Assert.Equal(ServiceCondition.Ready, Service.Condition);
    }

    [Fact]
    public async Task Most_services_are_published_once_though_they_have_tools_alone()
    {
        Answers("tools/list", Tools("t"));
        Add(Client());

        await ReadAllAsync();

        Assert.Single(_changes, one => one.Kind == RegistryChangeKind.CatalogChanged);
        Assert.Equal(ServiceCondition.Ready, Service.Condition);
    }

    [Fact]
    public async Task What_an_instance_listed_that_is_no_longer_registered_is_not_shown()
    {
        var gate = new TaskCompletionSource<UpstreamReply>();
        _answers["tools/list"] = () => gate.Task;
        Add(Client());
        _refresher.RequestRefresh("svc");
        await HealthHarness.MeanwhileAsync(() => Count("tools/list") == 1, "it is asked");

        var successor = Client();
        successor.Answer = (_, _) => ValueTask.FromResult(FakeInstanceClient.Result(Tools("new")));
        Add(successor);
        gate.SetResult(FakeInstanceClient.Result(Tools("old")));
        Assert.True(await _refresher.RefreshAsync("svc", CancellationToken.None));

        Assert.Equal("new", Assert.Single(Service.Catalog.Tools).Name);
        Assert.DoesNotContain(_changes, one => one.Kind == RegistryChangeKind.CatalogChanged && one.Version < Service.Registration.Version);
    }

    [Fact]
    public async Task A_removed_service_is_read_no_more()
    {
        Answers("tools/list", Tools("t"));
        _answers["prompts/list"] = () => Task.FromResult(FakeInstanceClient.Error(-32603));
        Add(Client(AllLists));
        await ReadAllAsync();

        _state.Remove("svc");
        await _time.PassAsync(TimeSpan.FromMinutes(1), TimeSpan.FromSeconds(1));

        Assert.Equal(1, Count("prompts/list"));
        Assert.False(await _refresher.RefreshAsync("svc", CancellationToken.None));
    }

    private ServiceSnapshot Service => _state.Current.Services["svc"];

    private readonly ConcurrentQueue<string> _asked = new();

    private int Count(string method) => _asked.Count(one => one == method);

    private void Answers(string method, string result) => _answers[method] = () => Task.FromResult(FakeInstanceClient.Result(result));

    private static Task<UpstreamReply> NeverAsync() => new TaskCompletionSource<UpstreamReply>().Task;

    private static string Tools(string name) => $$$"""{"tools":[{"name":"{{{name}}}","inputSchema":{"type":"object"}}]}""";

    private FakeInstanceClient Client(string capabilities = """{"tools":{}}""")
    {
        var client = new FakeInstanceClient { Connection = FakeInstanceClient.Legacy(capabilities) };
        client.Answer = async (request, cancelled) =>
        {
            _asked.Enqueue(request.Method);
            if (!_answers.TryGetValue(request.Method, out var answer))
                return FakeInstanceClient.Result("""{"prompts":[],"resources":[],"resourceTemplates":[],"tools":[]}""");
            try { return await answer().WaitAsync(cancelled); }
            catch (OperationCanceledException) { return UpstreamReply.Cancelled(wasSent: true); }
        };
        return client;
    }

    private void Add(params FakeInstanceClient[] clients)
    {
        var instances = clients.Select((client, index) =>
        {
            var health = new InstanceHealth(new HealthSettings(), _time, new Random(1));
            health.RecordConnected();
            return Instances.Create($"i{index}", client, health, "svc");
        });
        _state.Update(
            "svc",
            _ => new ServiceSnapshot { Registration = new ServiceRegistration { Name = "svc" }, Policy = new RoundRobinPolicy(), Instances = [.. instances] },
            (_, _) => null);
        _state.RefreshCondition("svc");
        Assert.Equal((ServiceCondition.Degraded, "Its lists are still being read."), (Service.Condition, Service.Reason));
    }

    private async Task ReadAllAsync()
    {
        _refresher.RequestRefresh("svc");
        await HealthHarness.MeanwhileAsync(() => Service.Catalog.Unread.IsEmpty, "all lists are read");
        await HealthHarness.MeanwhileAsync(() => Service.Reason?.Contains("still", StringComparison.Ordinal) != true, "its standing is known");
    }
}
