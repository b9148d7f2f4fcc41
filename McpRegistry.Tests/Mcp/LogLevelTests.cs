using System.Threading.Channels;

using McpRegistry.Core.Health;
using McpRegistry.Core.Registration;
using McpRegistry.Core.State;
using McpRegistry.Core.Upstream;
using McpRegistry.Mcp;
using McpRegistry.Tests.Fakes;

namespace McpRegistry.Tests.Mcp;

/// <summary>The log level that instances are told: it belongs to a connection, of which each instance has its own.</summary>
public sealed class LogLevelTests : IAsyncLifetime
{
    private const string Logging = """{"logging":{}}""";

    private readonly Channel<string> _told = Channel.CreateUnbounded<string>();
    private McpTestHost _host = null!;
    private FakeInstanceClient _one = null!;
    private FakeInstanceClient _two = null!;

    public async Task InitializeAsync()
    {
        _host = await McpTestHost.StartAsync();
        (_one, _two) = (Instance("one"), Instance("two"));
        _host.State.Put(FakeServices.Service("files", FakeServices.Catalog("files", "read"), clients: [_one, _two]));
    }

    public async Task DisposeAsync() => await _host.DisposeAsync();

    [Fact]
    public async Task Every_instance_is_told_the_most_talkative_level_and_only_once()
    {
        await SetAsync(await _host.InitializeAsync(), "info");
        Assert.Equal(["one:info", "two:info"], await HeardAsync(2));
        await SetAsync(await _host.InitializeAsync(), "error");
        await SetAsync(await _host.InitializeAsync("/mcp/files"), "debug", "/mcp/files");
        Assert.Equal(["one:debug", "two:debug"], await HeardAsync(2));
    }

    [Fact]
    public async Task An_instance_that_shook_hands_again_is_told_again()
    {
        await SetAsync(await _host.InitializeAsync(), "info");
        await HeardAsync(2);

        Reconnect(_two);

        Assert.Equal(["two:info"], await HeardAsync(1));
    }

    [Fact]
    public async Task The_level_is_lowered_when_those_who_wanted_more_are_gone()
    {
        var talkative = await _host.InitializeAsync();
        var quiet = await _host.InitializeAsync();
        await SetAsync(quiet, "error");
        await HeardAsync(2);
        await SetAsync(talkative, "debug");
        Assert.Equal(["one:debug", "two:debug"], await HeardAsync(2));

        await EndAsync(talkative);
        Assert.Equal(["one:error", "two:error"], await HeardAsync(2));

        await EndAsync(quiet);
        Assert.Equal(["one:emergency", "two:emergency"], await HeardAsync(2));
    }

    [Fact]
    public async Task An_instance_that_fails_or_cannot_log_keeps_nobody_else_from_being_told()
    {
        _one.Answer = (_, _) => throw new InvalidOperationException("a bug");
        var silent = new FakeInstanceClient { Answer = (_, _) => throw new NotSupportedException("it has no logging") };
        _host.State.Put(FakeServices.Service("silent", FakeServices.Catalog("silent", "t"), clients: [silent]));

        await SetAsync(await _host.InitializeAsync(), "info");
        Assert.Equal(["two:info"], await HeardAsync(1));
        _one.Answer = Instance("one").Answer;
        Reconnect(_two);

        // What did not hear the first time is told with the next occasion.
        Assert.Equal(["one:info", "two:info"], await HeardAsync(2));
        Assert.Empty(silent.Methods);
    }

    [Fact]
    public async Task A_level_that_changes_while_an_instance_is_told_reaches_it_afterwards()
    {
        var release = new TaskCompletionSource();
        var usual = _one.Answer;
        _one.Answer = async (request, token) =>
        {
            await release.Task;
            return await usual(request, token);
        };
        var session = await _host.InitializeAsync();
        await SetAsync(session, "info");
        Assert.Equal(["two:info"], await HeardAsync(1));
        await SetAsync(session, "debug");
        Assert.Equal(["two:debug"], await HeardAsync(1));

        release.SetResult();

        Assert.Equal(["one:info", "one:debug"], [(await HeardAsync(1)).Single(), (await HeardAsync(1)).Single()]);
    }

    [Fact]
    public void An_instance_that_shakes_hands_lets_the_face_know()
    {
        var feed = new UpstreamNotificationFeed();
        var connected = new List<string>();
        feed.Connected += connected.Add;
        var health = new InstanceHealth(new HealthSettings(), TimeProvider.System, new Random(1));

        new InstanceObserver("files", health, _host.State, new Health.HealthHarness.CatalogProbe(), feed).Connected(FakeInstanceClient.Legacy(Logging));

        Assert.Equal(["files"], connected);
    }

    private FakeInstanceClient Instance(string name) => new()
    {
        Connection = FakeInstanceClient.Legacy(Logging),
        Answer = (request, _) =>
        {
            Assert.True(_told.Writer.TryWrite($"{name}:{request.Params.String("level"u8)}"));
            return ValueTask.FromResult(FakeInstanceClient.Result("{}"));
        },
    };

    private void Reconnect(FakeInstanceClient client)
    {
        client.Connection = FakeInstanceClient.Legacy(Logging);
        ((UpstreamNotificationFeed)_host.Get<IUpstreamNotificationFeed>()).PublishConnected("files");
    }

    private async Task SetAsync(string session, string level, string path = "/mcp") =>
        Assert.Equal("{}", (await _host.LegacyAsync(session, "logging/setLevel", $$"""{"level":"{{level}}"}""", path)).Result.GetRawText());

    private async Task EndAsync(string session)
    {
        using var request = new HttpRequestMessage(HttpMethod.Delete, "/mcp");
        request.Headers.Add(McpHeaders.SessionId, session);
        using var response = await _host.Http.SendAsync(request);
    }

    private async Task<string[]> HeardAsync(int count)
    {
        var heard = new List<string>();
        while (heard.Count < count) heard.Add(await _told.Reader.ReadAsync().AsTask().WaitAsync(McpTestHost.Timeout));
        return [.. heard.Order(StringComparer.Ordinal)];
    }
}
