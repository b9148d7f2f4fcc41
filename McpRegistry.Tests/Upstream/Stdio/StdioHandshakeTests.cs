using System.Text;

using McpRegistry.Core.Upstream;

namespace McpRegistry.Tests.Upstream.Stdio;

public sealed class StdioHandshakeTests : IAsyncDisposable
{
    private readonly StdioHarness _harness = new();

    public ValueTask DisposeAsync() => _harness.DisposeAsync();

    [Fact]
    public async Task A_modern_server_is_discovered_and_called()
    {
        var client = await _harness.ConnectAsync(StdioHarness.Sample("--era", "modern"));

        using var reply = await StdioHarness.SendAsync(client, "tools/call", """{"name":"delay","arguments":{"ms":0}}""");

        Assert.Equal(ProtocolEra.Modern, client.Connection!.Era);
        Assert.Equal("2026-07-28", client.Connection.ProtocolVersion);
        Assert.False(client.Connection.IsStateful);
        Assert.True(client.Connection.Has("tools"));
        Assert.NotNull(client.Connection.ServerName);
        Assert.Contains("waited 0 ms", Encoding.UTF8.GetString(reply.Result.Span), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_server_of_both_eras_is_modern()
    {
        var client = await _harness.ConnectAsync(StdioHarness.Sample());

        Assert.Equal(ProtocolEra.Modern, client.Connection!.Era);
    }

    [LinuxFact]
    public async Task A_modern_server_that_starts_slowly_is_not_taken_for_an_old_one()
    {
        _harness.Options.DiscoverTimeout = TimeSpan.FromSeconds(1);
        var client = await _harness.ConnectAsync(ShellServer.Registration(("START_DELAY", "2"), ("ON_DISCOVER", "answer")));

        Assert.Equal(ProtocolEra.Modern, client.Connection!.Era);
    }

    [LinuxFact]
    public async Task A_modern_server_is_asked_to_tell_of_changes_and_is_heard()
    {
        var client = await _harness.ConnectAsync(ShellServer.Registration(("ON_DISCOVER", "answer")));

        Assert.Contains("notifications/tools/list_changed", await _harness.Observer.NextNotificationAsync(), StringComparison.Ordinal);
        Assert.Equal(1, Count(client.ReadStderr(), "got subscriptions/listen"));
    }

    [Fact]
    public async Task A_legacy_server_is_initialized_and_keeps_state()
    {
        var client = await _harness.ConnectAsync(StdioHarness.Sample("--era", "legacy"));

        using var reply = await StdioHarness.SendAsync(client, "tools/call", """{"name":"delay","arguments":{"ms":0}}""");

        Assert.Equal(ProtocolEra.Legacy, client.Connection!.Era);
        Assert.Equal("2025-11-25", client.Connection.ProtocolVersion);
        Assert.True(client.Connection.IsStateful);
        Assert.Contains("waited 0 ms", Encoding.UTF8.GetString(reply.Result.Span), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_silent_old_server_costs_the_patience_once_and_is_remembered_over_restarts()
    {
        _harness.Options.DiscoverTimeout = TimeSpan.FromMilliseconds(200);
        _harness.Options.SteadyAfter = TimeSpan.Zero;
        var client = await _harness.ConnectAsync(ShellServer.Registration(("ON_DISCOVER", "hush")));
        await _harness.Observer.NextConnectionAsync();
        await StdioHarness.UntilAsync(() => Count(client.ReadStderr(), "got notifications/initialized") == 1, "the first child initialized");

        Processes.Kill(client.ProcessId!.Value);
        await _harness.Observer.NextConnectionAsync();
        await StdioHarness.UntilAsync(() => Count(client.ReadStderr(), "got notifications/initialized") == 2, "both children initialized");

        Assert.Equal(1, Count(client.ReadStderr(), "got server/discover"));
        Assert.Equal(2, Count(client.ReadStderr(), "got initialize"));
    }

    [Fact]
    public async Task A_server_that_dies_of_the_question_is_not_asked_again()
    {
        var client = _harness.Create(ShellServer.Registration(("ON_DISCOVER", "die")));

        var refusal = await Assert.ThrowsAsync<UpstreamException>(() => client.ConnectAsync(default));
        await _harness.Observer.NextConnectionAsync();

        Assert.Equal("exited with code 9", refusal.Message);
        Assert.Equal(ProtocolEra.Legacy, client.Connection!.Era);
    }

    [Fact]
    public async Task Callers_at_the_same_time_share_one_child()
    {
        var client = _harness.Create(ShellServer.Registration());

        await Task.WhenAll(Enumerable.Range(0, 10).Select(_ => client.ConnectAsync(default)));
        await StdioHarness.UntilAsync(() => client.ReadStderr().Contains("initialized", StringComparison.Ordinal), "initialized");

        Assert.Equal(1, Count(client.ReadStderr(), "got initialize"));
        Assert.Equal(0, client.Restarts);
    }

    [Fact]
    public async Task Banners_before_the_handshake_do_not_matter()
    {
        var client = await _harness.ConnectAsync(StdioHarness.Sample("--junk", "10000"));

        Assert.NotNull(client.Connection);
    }

    [Fact]
    public async Task A_command_that_is_not_there_is_named()
    {
        var client = _harness.Create(StdioHarness.Command("surely-not-there"));

        var refusal = await Assert.ThrowsAsync<UpstreamException>(() => client.ConnectAsync(default));

        Assert.Equal("surely-not-there not found", refusal.Message);
        Assert.Equal("surely-not-there not found", client.StateText);
    }

    [Fact]
    public async Task A_command_that_stays_away_is_no_crash_loop()
    {
        _harness.Options.RestartDelay = TimeSpan.FromMilliseconds(1);
        var client = _harness.Create(StdioHarness.Command("surely-not-there"));

        await Assert.ThrowsAsync<UpstreamException>(() => client.ConnectAsync(default));
        for (var i = 0; i < 5; i++) Assert.Equal("surely-not-there not found", await _harness.Observer.NextDisconnectAsync());
    }

    [Fact]
    public async Task A_secret_that_is_not_there_is_named()
    {
        var client = _harness.Create(ShellServer.Registration(("KEY", "env:SURELY_NOT_SET")));

        var refusal = await Assert.ThrowsAsync<UpstreamException>(() => client.ConnectAsync(default));

        Assert.Equal("env:SURELY_NOT_SET is not set", refusal.Message);
    }

    [Fact]
    public async Task A_child_that_never_shakes_hands_is_given_up_after_the_startup_time()
    {
        var registration = StdioHarness.Command("sleep", "600");
        registration = registration with { Config = registration.Config with { Timeouts = new() { Startup = TimeSpan.FromSeconds(0.5) } } };
        var client = _harness.Create(registration);

        var refusal = await Assert.ThrowsAsync<UpstreamException>(() => client.ConnectAsync(default));

        Assert.Equal("no handshake within 0.5 s", refusal.Message);
    }

    internal static int Count(string text, string line) => text.Split('\n').Count(each => each == line);
}
