using System.Net;
using System.Text;
using McpRegistry.Core.Cluster;
using McpRegistry.Core.State;
using McpRegistry.Core.Upstream;
using McpRegistry.Mcp;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;

namespace McpRegistry.Tests.Mcp;

public sealed class ChangeTests : IAsyncLifetime
{
    private readonly FakeFeed _feed = new();
    private McpTestHost _host = null!;

    public async Task InitializeAsync() => _host = await McpTestHost.StartAsync(
        // Long enough for several changes in a row on a busy machine.
        options => options.ChangeDelay = TimeSpan.FromMilliseconds(200),
        services => services.AddSingleton<IUpstreamNotificationFeed>(_feed));

    public async Task DisposeAsync() => await _host.DisposeAsync();

    [Fact]
    public async Task A_legacy_stream_hears_once_of_many_changes_and_only_of_lists_that_changed()
    {
        await SettleAsync();
        var session = await _host.InitializeAsync();
        using var events = await GetAsync(session);
        for (var i = 0; i < 5; i++) Change("files", CatalogLists.Tools);
        Assert.Equal("notifications/tools/list_changed", await MethodAsync(events));
        Change("files", CatalogLists.Prompts);
        Assert.Equal("notifications/prompts/list_changed", await MethodAsync(events));
    }

    [Fact]
    public async Task A_stream_of_one_service_hears_of_that_service_only()
    {
        _host.State.Put(FakeServices.Service("other", FakeServices.Catalog("other", "t")));
        await SettleAsync();
        var session = await _host.InitializeAsync("/mcp/files");
        using var events = await GetAsync(session, "/mcp/files");
        Change("other", CatalogLists.Tools);
        Change("files", CatalogLists.Resources);
        Assert.Equal("notifications/resources/list_changed", await MethodAsync(events));
    }

    [Fact]
    public async Task A_change_while_no_stream_is_open_is_told_when_one_is()
    {
        await SettleAsync();
        var session = await _host.InitializeAsync();
        Change("files", CatalogLists.Prompts);
        await SettleAsync();
        using var events = await GetAsync(session);
        Assert.Equal("notifications/prompts/list_changed", await MethodAsync(events));
    }

    [Fact]
    public async Task Of_several_streams_of_a_session_each_message_goes_to_one()
    {
        await SettleAsync();
        var session = await _host.InitializeAsync();
        using var first = await GetAsync(session);
        using var second = await GetAsync(session);
        Change("files", CatalogLists.Tools);
        Assert.Equal("notifications/tools/list_changed", await MethodAsync(second));
        using var delete = new HttpRequestMessage(HttpMethod.Delete, "/mcp");
        delete.Headers.Add(McpHeaders.SessionId, session);
        using var deleted = await _host.Http.SendAsync(delete);
        Assert.Null(await first.NextAsync());
        Assert.Null(await second.NextAsync());
    }

    [Fact]
    public async Task A_modern_subscription_is_acknowledged_filtered_tagged_and_ended()
    {
        await SettleAsync();
        using var events = await SseReader.OnAsync(await _host.OpenModernAsync(
            "subscriptions/listen", """ "notifications":{"promptsListChanged":true,"toolsListChanged":false,"resourceSubscriptions":["a://b"]}"""));
        var first = (await events.NextAsync())!.Value;
        Assert.Equal("notifications/subscriptions/acknowledged", first.GetProperty("method").GetString());
        Assert.Equal("""{"promptsListChanged":true}""", first.GetProperty("params").GetProperty("notifications").GetRawText());

        Change("files", CatalogLists.Tools | CatalogLists.Prompts);
        var second = (await events.NextAsync())!.Value;
        Assert.Equal("notifications/prompts/list_changed", second.GetProperty("method").GetString());
        Assert.Equal(7, second.GetProperty("params").GetProperty("_meta").GetProperty("io.modelcontextprotocol/subscriptionId").GetInt32());

        var stopping = _host.StopAsync();
        var last = (await events.NextAsync())!.Value;
        Assert.Equal(7, last.GetProperty("id").GetInt32());
        Assert.Equal("complete", last.GetProperty("result").GetProperty("resultType").GetString());
        Assert.Null(await events.NextAsync());
        await stopping.WaitAsync(McpTestHost.Timeout);
    }

    [Fact]
    public async Task No_stream_is_opened_any_more_when_the_gateway_stops()
    {
        var session = await _host.InitializeAsync();
        _host.Get<IHostApplicationLifetime>().StopApplication();

        var listen = await _host.ModernAsync("subscriptions/listen", "\"notifications\":{}");
        using var request = new HttpRequestMessage(HttpMethod.Get, "/mcp");
        request.Headers.Add(McpHeaders.SessionId, session);
        request.Headers.Add("Accept", "text/event-stream");
        using var stream = await _host.Http.SendAsync(request);

        Assert.Equal("draining", listen.Error.GetProperty("data").GetProperty("code").GetString());
        Assert.Equal(HttpStatusCode.ServiceUnavailable, stream.StatusCode);
        Assert.Contains("\"draining\"", await stream.Content.ReadAsStringAsync(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Streams_are_limited()
    {
        await using var host = await McpTestHost.StartAsync(options => options.MaxStreams = 1);
        using var open = await host.OpenModernAsync("subscriptions/listen", "\"notifications\":{}");
        Assert.Equal(HttpStatusCode.OK, open.StatusCode);
        var refused = await host.ModernAsync("subscriptions/listen", "\"notifications\":{}");
        Assert.Equal("overloaded", refused.Error.GetProperty("data").GetProperty("code").GetString());
    }

    [Fact]
    public async Task Log_messages_outside_of_calls_reach_the_only_session_from_the_level_it_asked_for()
    {
        await SettleAsync();
        var session = await _host.InitializeAsync();
        using var events = await GetAsync(session);
        Assert.Equal(HttpStatusCode.OK, (await _host.LegacyAsync(session, "logging/setLevel", """{"level":"warning"}""")).Status);
        _feed.Raise("files", "info");
        _feed.Raise("files", "critical");
        Assert.Equal("critical", (await events.NextAsync())!.Value.GetProperty("params").GetProperty("level").GetString());
        Assert.Equal(-32602, (await _host.LegacyAsync(session, "logging/setLevel", """{"level":"loud"}""")).ErrorCode);
    }

    [Fact]
    public async Task Log_messages_outside_of_calls_go_to_nobody_when_a_second_client_is_connected()
    {
        await SettleAsync();
        var session = await _host.InitializeAsync();
        using var events = await GetAsync(session);
        await _host.LegacyAsync(session, "logging/setLevel", """{"level":"debug"}""");
        _host.State.Put(FakeServices.Service("other", FakeServices.Catalog("other", "t")));
        Assert.Equal("notifications/tools/list_changed", await MethodAsync(events));
        var second = await _host.InitializeAsync("/mcp/files");
        _feed.Raise("files", "critical");
        // Whoever sees another service only is no client of this one.
        _feed.Raise("other", "error");
        Assert.Equal("error", (await events.NextAsync())!.Value.GetProperty("params").GetProperty("level").GetString());

        using var delete = new HttpRequestMessage(HttpMethod.Delete, "/mcp/files");
        delete.Headers.Add(McpHeaders.SessionId, second);
        using var deleted = await _host.Http.SendAsync(delete);
        _feed.Raise("files", "alert");
        Assert.Equal("alert", (await events.NextAsync())!.Value.GetProperty("params").GetProperty("level").GetString());
    }

    [Fact]
    public async Task Log_messages_outside_of_calls_go_to_nobody_while_somebody_else_calls()
    {
        await SettleAsync();
        var session = await _host.InitializeAsync();
        using var events = await GetAsync(session);
        await _host.LegacyAsync(session, "logging/setLevel", """{"level":"debug"}""");
        var load = _host.State.Current.Services["files"].Instances.Single().Load;
        // As REST or a modern client does it.
        Assert.NotNull(await load.TryEnterAsync(TimeProvider.System, TimeSpan.Zero, CancellationToken.None));
        _feed.Raise("files", "critical");
        load.Exit(TimeProvider.System, 0, answered: true);
        _feed.Raise("files", "error");
        Assert.Equal("error", (await events.NextAsync())!.Value.GetProperty("params").GetProperty("level").GetString());
    }

    [Fact]
    public async Task Log_messages_outside_of_calls_reach_the_client_whose_own_call_runs()
    {
        await SettleAsync();
        var session = await _host.InitializeAsync();
        using var events = await GetAsync(session);
        await _host.LegacyAsync(session, "logging/setLevel", """{"level":"debug"}""");
        _host.Dispatcher.OnCall = async (call, token) =>
        {
            var load = call.Service.Instances.Single().Load;
            Assert.NotNull(await load.TryEnterAsync(TimeProvider.System, TimeSpan.Zero, token));
            _feed.Raise("files", "critical");
            load.Exit(TimeProvider.System, 0, answered: true);
            return FakeDispatcher.Result(call, "{}");
        };
        await _host.LegacyAsync(session, "tools/call", """{"name":"files__read"}""");
        Assert.Equal("critical", (await events.NextAsync())!.Value.GetProperty("params").GetProperty("level").GetString());
    }

    /// <summary>The clients of the other gateways are not known here, and a server may tell all of its sessions the same.</summary>
    [Fact]
    public async Task Log_messages_outside_of_calls_go_to_nobody_where_there_are_several_gateways()
    {
        var feed = new FakeFeed();
        await using var host = await McpTestHost.StartAsync(services: services => services.AddSingleton<IUpstreamNotificationFeed>(feed).AddSingleton<IReplicaDirectory>(new OneOfSeveral()));
        var session = await host.InitializeAsync();
        using var request = new HttpRequestMessage(HttpMethod.Get, "/mcp");
        request.Headers.Add(McpHeaders.SessionId, session);
        request.Headers.Add("Accept", "text/event-stream");
        using var events = await SseReader.OnAsync(await host.Http.SendAsync(request, HttpCompletionOption.ResponseHeadersRead));
        await host.LegacyAsync(session, "logging/setLevel", """{"level":"debug"}""");

        feed.Raise("files", "critical");
        host.State.Put(FakeServices.Service("files", FakeServices.Catalog("files", "read")), CatalogLists.Prompts);

        for (var method = ""; method != "notifications/prompts/list_changed";)
        {
            method = await MethodAsync(events);
            Assert.NotEqual("notifications/message", method);
        }
    }

    private void Change(string service, CatalogLists lists) => _host.State.Put(FakeServices.Service(service, FakeServices.Catalog(service, "read")), lists);

    // What was put before is published before anything later is.
    private async Task SettleAsync()
    {
        using var probe = await SseReader.OnAsync(await _host.OpenModernAsync("subscriptions/listen", "\"notifications\":{\"resourcesListChanged\":true}"));
        Assert.NotNull(await probe.NextAsync());
        Change("files", CatalogLists.Resources);
        Assert.NotNull(await probe.NextAsync());
    }

    private async Task<SseReader> GetAsync(string session, string path = "/mcp")
    {
        var request = new HttpRequestMessage(HttpMethod.Get, path);
        request.Headers.Add(McpHeaders.SessionId, session);
        request.Headers.Add("Accept", "text/event-stream");
        return await SseReader.OnAsync(await _host.Http.SendAsync(request, HttpCompletionOption.ResponseHeadersRead));
    }

    private static async Task<string?> MethodAsync(SseReader events) => (await events.NextAsync())!.Value.GetProperty("method").GetString();

    private sealed class OneOfSeveral : IReplicaDirectory
    {
        public string Self => "self";

        public Uri? OwnAddress { get; } = new("http://127.0.0.1:1");

        public Uri? AddressOf(string replica) => null;
    }

    private sealed class FakeFeed : IUpstreamNotificationFeed
    {
        public event Action<string, string, ReadOnlyMemory<byte>>? Notified;

        public event Action<string>? Connected
        {
            add { }
            remove { }
        }

        public void Raise(string service, string level) => Notified?.Invoke(
            service, "notifications/message", Encoding.UTF8.GetBytes($$"""{"jsonrpc":"2.0","method":"notifications/message","params":{"level":"{{level}}","data":1} }"""));
    }
}
