using System.Collections.Concurrent;
using System.Text;

using McpRegistry.Core.Catalog;
using McpRegistry.Core.Health;
using McpRegistry.Core.Registration;
using McpRegistry.Core.State;
using McpRegistry.Core.Upstream;
using McpRegistry.Tests.Fakes;

using Microsoft.Extensions.Time.Testing;

namespace McpRegistry.Tests.Catalog;

public sealed class CatalogReaderTests
{
    private readonly FakeTimeProvider _time = new();
    private readonly FakeInstanceClient _client = new() { Connection = FakeInstanceClient.Legacy("""{"tools":{},"prompts":{},"resources":{}}""") };
    private readonly ConcurrentDictionary<string, string> _answers = new();

    public CatalogReaderTests() =>
        _client.Answer = (request, _) => ValueTask.FromResult(
            _answers.TryGetValue(request.Method + request.Params.String("cursor"u8), out var answer) ? FakeInstanceClient.Result(answer) : FakeInstanceClient.Error(-32603));

    [Fact]
    public async Task All_pages_are_read_and_unknown_members_are_kept()
    {
        _answers["tools/list"] = """{"tools":[{"name":"b","inputSchema":{"type":"object"},"x-new":{"deep":[1]}}],"nextCursor":"2"}""";
        _answers["tools/list2"] = """{"tools":[{"name":"a","inputSchema":{"type":"object"},"annotations":{"idempotentHint":true}}]}""";

        var read = await ReadAsync();

        Assert.Equal(["a", "b"], read.Entries.Select(tool => tool.Name).Order());
        var (a, b) = (read.Entries.Single(one => one.Name == "a"), read.Entries.Single(one => one.Name == "b"));
        Assert.Equal("svc__b", b.ExposedName);
        Assert.Contains("\"x-new\":{\"deep\":[1]}", b.Definition.GetRawText(), StringComparison.Ordinal);
        Assert.True(a.ClaimsSafe);
        Assert.False(b.ClaimsSafe);
        Assert.Null(read.Failure);
        Assert.Empty(read.Problems);
    }

    [Fact]
    public async Task A_tools_word_that_it_takes_tasks_is_left_out_because_tasks_are_not_routed()
    {
        _answers["tools/list"] = """{"tools":[{"name":"a","execution":{"taskSupport":"required"},"inputSchema":{"type":"object"}},{"name":"b","execution":{"taskSupport":"optional","x-new":1},"inputSchema":{"type":"object"}},{"name":"c","execution":{"x-new":1},"inputSchema":{"type":"object"}}]}""";

        var read = await ReadAsync();

        Assert.Equal(
            ["""{"name":"a","inputSchema":{"type":"object"}}""", """{"name":"b","execution":{"x-new":1},"inputSchema":{"type":"object"}}""", """{"name":"c","execution":{"x-new":1},"inputSchema":{"type":"object"}}"""],
            read.Entries.Select(one => one.Definition.GetRawText()));
        Assert.Empty(read.Problems);
    }

    [Fact]
    public async Task An_empty_cursor_does_not_end_the_list()
    {
        var asked = new List<string>();
        _client.Answer = (request, _) =>
        {
            asked.Add(Encoding.UTF8.GetString(request.Params.Member("cursor"u8).Span));
            return ValueTask.FromResult(FakeInstanceClient.Result(asked.Count == 1 ? Page("a", "") : Page("b")));
        };

        Assert.Equal(["a", "b"], (await ReadAsync()).Entries.Select(one => one.Name));
        Assert.Equal(["", "\"\""], asked);
    }

    [Theory]
    [InlineData("x", "x", 2)]
    [InlineData("x", "y", 3)]
    [InlineData("", "", 2)]
    public async Task Cursors_that_lead_back_end_the_reading_whatever_the_way_round(string first, string second, int pages)
    {
        _answers["tools/list"] = Page("a", first);
        _answers["tools/list" + first] = first.Length == 0 ? Page("a", first) : Page("b", second);
        _answers["tools/listy"] = Page("c", first);

        var read = await ReadAsync();

        Assert.Equal(first.Length == 0 ? 1 : pages, read.Entries.Length);
        Assert.Equal(pages, _client.Methods.Count);
        Assert.Null(read.Failure);
        Assert.True(Assert.Single(read.Problems).IsMended);
    }

    [Fact]
    public async Task A_list_without_end_is_given_up_and_called_so()
    {
        var page = 0;
        _client.Answer = (_, _) => ValueTask.FromResult(FakeInstanceClient.Result(Page($"t{++page}", $"c{page}")));

        var read = await ReadAsync();

        Assert.Null(read.Failure);
        Assert.Equal(new CatalogProblem(CatalogKind.Tool, null, "it has more than 100 pages, and what stands before those is listed"), Assert.Single(read.Problems));
        Assert.Equal(100, read.Entries.Length);
    }

    [Fact]
    public async Task More_entries_than_can_be_held_are_called_so()
    {
        _answers["tools/list"] = $$"""{"tools":[{{string.Join(',', Enumerable.Range(0, 2_001).Select(one => $$$"""{"name":"t{{{one}}}","inputSchema":{"type":"object"}}"""))}}]}""";

        var read = await ReadAsync();

        Assert.Equal(2_000, read.Entries.Length);
        Assert.Equal("it has more than 2000 entries, and what stands before those is listed", Assert.Single(read.Problems).Reason);
    }

    [Fact]
    public async Task Bad_items_are_left_out_and_named_and_the_others_stay()
    {
        _answers["tools/list"] = $$$"""
            {"tools":[{"name":"{{{new string('n', 129)}}}"},{"name":""},{"title":"none"},7,{"name":"a\u0000b"},
            {"name":"good","inputSchema":{"type":"object"}},{"name":"good","inputSchema":{"type":"object"}},{"name":"good","inputSchema":{"type":"object"},"title":"other"}]}
            """;

        var read = await ReadAsync();

        Assert.Equal("good", Assert.Single(read.Entries).Name);
        Assert.Equal(6, read.Problems.Length);
        Assert.All(read.Problems, one => Assert.False(one.IsMended));
        Assert.Equal(new CatalogProblem(CatalogKind.Tool, "good", "Another one of this name stands before it."), read.Problems[^1]);
    }

    [Theory]
    [InlineData("""{"code":-32603,"message":"secret"}""", "it answered an error (-32603)")]
    [InlineData("""{"message":"secret"}""", "it answered an error")]
    public async Task A_list_that_is_answered_with_an_error_is_called_so(string error, string reason)
    {
        _client.Answer = (_, _) => ValueTask.FromResult(FakeInstanceClient.Error(error));

        Assert.Equal(new CatalogProblem(CatalogKind.Prompt, null, reason), Assert.Single((await ReadAsync(CatalogKind.Prompt)).Problems));
    }

    [Theory]
    [InlineData(UpstreamOutcome.Refused, "HTTP 401", "it refused our credentials (HTTP 401)")]
    [InlineData(UpstreamOutcome.Refused, "HTTP 429", "it asks us to slow down (HTTP 429)")]
    [InlineData(UpstreamOutcome.SentButNoAnswer, "HTTP 500", "it answered HTTP 500")]
    [InlineData(UpstreamOutcome.ConnectFailed, "Connection refused (secret.example:80)", "it cannot be reached")]
    [InlineData(UpstreamOutcome.ProtocolError, "an event is not JSON-RPC", "its answer was no JSON")]
    [InlineData(UpstreamOutcome.ResponseTooLarge, "the answer is larger than the limit", "its answer is too large")]
    public async Task Why_a_list_could_not_be_read_is_said_in_words_of_our_own(UpstreamOutcome outcome, string detail, string reason)
    {
        _client.Answer = (_, _) => ValueTask.FromResult(UpstreamReply.Lost(outcome, detail));

        Assert.Equal(reason, (await ReadAsync()).Failure);
    }

    [Theory]
    [InlineData("[]")]
    [InlineData("{}")]
    [InlineData("""{"tools":{}}""")]
    public async Task An_answer_without_the_list_is_no_empty_list(string answer)
    {
        _answers["tools/list"] = answer;

        Assert.Equal("its answer has no list \"tools\"", (await ReadAsync()).Failure);
    }

    [Fact]
    public async Task A_page_has_the_time_that_the_service_is_given()
    {
        _client.Answer = async (_, cancelled) =>
        {
            await Task.Delay(Timeout.InfiniteTimeSpan, TimeProvider.System, cancelled).ContinueWith(_ => { }, TaskScheduler.Default);
            return UpstreamReply.Cancelled(wasSent: true);
        };

        var reading = ReadAsync(limits: new ListLimits(TimeSpan.FromSeconds(90), TimeSpan.FromSeconds(300)));
        _time.Advance(TimeSpan.FromSeconds(89));
        Assert.False(reading.IsCompleted);
        _time.Advance(TimeSpan.FromSeconds(1));

        Assert.Equal("it did not answer within 90 s", (await reading).Failure);
    }

    [Fact]
    public async Task What_was_read_before_a_page_that_fails_is_there()
    {
        _answers["tools/list"] = Page("a", "2");

        var read = await ReadAsync();

        Assert.Equal(("a", "it answered an error (-32603)"), (Assert.Single(read.Entries).Name, read.Failure));
    }

    [Theory]
    [InlineData(CatalogKind.ResourceTemplate, false)]
    [InlineData(CatalogKind.Prompt, true)]
    public async Task A_list_that_the_server_does_not_know_is_empty(CatalogKind kind, bool isDoubtful)
    {
        _client.Answer = (_, _) => ValueTask.FromResult(FakeInstanceClient.Error(-32601));

        var read = await ReadAsync(kind);

        Assert.Equal((null, isDoubtful), (read.Failure, read.IsDoubtful));
        Assert.All(read.Problems, one => Assert.True(one.IsMended));
    }

    [Fact]
    public async Task What_a_client_that_makes_the_list_itself_left_out_is_named()
    {
        var client = new DocumentClient();

        var read = await ReadAsync(client: client);

        Assert.Equal(new CatalogProblem(CatalogKind.Tool, "POST /x", "Its body cannot be sent."), Assert.Single(read.Problems));
    }

    [Theory]
    [InlineData("2")]
    [InlineData("{}")]
    [InlineData("[\"2\"]")]
    [InlineData("true")]
    public async Task A_cursor_that_is_no_text_is_named_and_what_came_before_is_listed(string cursor)
    {
        _answers["tools/list"] = $$"""{"tools":[{"name":"a","inputSchema":{"type":"object"} }],"nextCursor":{{cursor}} }""";

        var read = await ReadAsync();

        Assert.Equal(["a"], read.Entries.Select(tool => tool.Name));
        var problem = Assert.Single(read.Problems);
        Assert.Equal((null, false), (problem.Item, problem.IsMended));
        Assert.Contains("cursor", problem.Reason, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_cursor_that_is_null_ends_the_list()
    {
        _answers["tools/list"] = """{"tools":[{"name":"a","inputSchema":{"type":"object"}}],"nextCursor":null}""";

        Assert.Empty((await ReadAsync()).Problems);
    }

    private static string Page(string tool, string? next = null) =>
        $$$"""{"tools":[{"name":"{{{tool}}}","inputSchema":{"type":"object"}}]{{{(next is null ? "" : $",\"nextCursor\":\"{next}\"")}}}}""";

    private async Task<CatalogListReading> ReadAsync(CatalogKind kind = CatalogKind.Tool, ListLimits? limits = null, IInstanceClient? client = null)
    {
        var load = new InstanceLoad(1, 0);
        var instance = new InstanceState("svc", "1", null, client ?? _client, new InstanceHealth(new HealthSettings(), _time, new Random(1)), load);
        return await new CatalogReader(_time).ReadAsync(instance, kind, limits ?? new ListLimits(TimeSpan.FromSeconds(60), TimeSpan.FromSeconds(300)), CancellationToken.None);
    }

    private sealed class DocumentClient : IInstanceClient, IReportsLeftOut
    {
        public InstanceConnection? Connection { get; } = FakeInstanceClient.Legacy();

        public IReadOnlyList<LeftOutItem> LeftOut { get; } = [new LeftOutItem("POST /x", "Its body cannot be sent.")];

        public Task ConnectAsync(CancellationToken cancellationToken) => Task.CompletedTask;

        public ValueTask<UpstreamReply> SendAsync(UpstreamRequest request, CancellationToken cancellationToken) => ValueTask.FromResult(FakeInstanceClient.Result(Page("a")));

        public ValueTask DisposeAsync() => ValueTask.CompletedTask;
    }
}
