using System.Threading.Channels;

using McpRegistry.Api.Startup;
using McpRegistry.Core.Catalog;
using McpRegistry.Core.State;
using McpRegistry.Tests.Api.Harness;
using McpRegistry.Tests.Fakes;

using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Http.Features;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging.Testing;
using Microsoft.Extensions.Time.Testing;

namespace McpRegistry.Tests.Api;

public sealed class StartupReportTests
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(10);
    private readonly RegistryState _state = new();

    [Fact]
    public void The_table_is_aligned_and_says_where_everything_is()
    {
        _state.Put(Services.Ready("sample", [.. Enumerable.Range(0, 12).Select(i => $"t{i}")]));
        _state.Put(Services.Ready("one", "t"));
        _state.Put(Services.Ready("filesystem") with { Condition = ServiceCondition.Unavailable, Reason = "npx not found" });

        var table = ServiceTable.WithAddresses(["http://localhost:5080"], _state.Current);

        Assert.Equal(
            """

            McpRegistry is up.

              REST  http://localhost:5080/api
              MCP   http://localhost:5080/mcp
              Docs  http://localhost:5080/docs

              filesystem  unavailable            npx not found
              one         ready          1 tool
              sample      ready        12 tools

            """, table);
    }

    [Fact]
    public async Task Progress_is_told_until_the_first_round_is_done_and_later_only_what_changes()
    {
        _state.Put(Services.Ready("slow") with { Condition = ServiceCondition.Starting });
        _state.Put(Services.Ready("sample", "echo"));
        var console = new Lines();
        var log = new FakeLogger<StartupReport>();
        using var report = new StartupReport(_state, new NoServer(), new Started(), console, new FakeTimeProvider(), log);

        await report.StartAsync(CancellationToken.None);
        Assert.Equal("Starting services: 1 of 2 done, waiting for slow", await console.NextAsync());
        _state.Put(Services.Ready("slow", "a", "b"));
        Assert.Contains("slow    ready        2 tools", await console.NextAsync(), StringComparison.Ordinal);

        _state.Put(Services.Ready("slow", "a", "b") with { Condition = ServiceCondition.Unavailable, Reason = "exited with code 3" });
        await WaitForAsync(() => log.Collector.Count > 0);
        Assert.Equal("slow is unavailable: exited with code 3", log.LatestRecord.Message);
        await report.StopAsync(CancellationToken.None);
    }

    [Fact]
    public async Task A_service_that_never_comes_up_holds_the_report_back_for_20_seconds()
    {
        _state.Put(Services.Ready("hangs") with { Condition = ServiceCondition.Starting });
        var time = new SteppedClock();
        var console = new Lines();
        using var report = new StartupReport(_state, new NoServer(), new Started(), console, time, new FakeLogger<StartupReport>());

        await report.StartAsync(CancellationToken.None);
        await console.NextAsync();
        var table = console.NextAsync();
        await time.UntilAsync(() => table.IsCompleted, "the table is printed", TimeSpan.FromSeconds(1));

        Assert.Contains("hangs  starting", await table, StringComparison.Ordinal);
        Assert.InRange(time.GetUtcNow() - time.Start, TimeSpan.FromSeconds(20), TimeSpan.FromSeconds(60));
        await report.StopAsync(CancellationToken.None);
    }

    [Fact]
    public void A_connected_service_is_awaited_until_its_lists_are_read()
    {
        _state.Put(Services.Ready("sample") with { Catalog = ServiceCatalog.Empty });
        Assert.NotNull(ServiceTable.Progress(_state.Current));

        _state.Put(Services.Ready("sample"));
        Assert.Null(ServiceTable.Progress(_state.Current));
    }

    [Fact]
    public void Of_many_awaited_services_the_line_names_ten()
    {
        foreach (var number in Enumerable.Range(10, 25)) _state.Put(Services.Ready($"s{number}") with { Catalog = ServiceCatalog.Empty });

        Assert.EndsWith("waiting for s10, s11, s12, s13, s14, s15, s16, s17, s18, s19 and 15 more", ServiceTable.Progress(_state.Current), StringComparison.Ordinal);
    }

    private static async Task WaitForAsync(Func<bool> isTrue)
    {
        using var patience = new CancellationTokenSource(Patience);
        while (!isTrue()) await Task.Delay(TimeSpan.FromMilliseconds(5), TimeProvider.System, patience.Token);
    }

    private sealed class Lines : StringWriter
    {
        private readonly Channel<string> _lines = Channel.CreateUnbounded<string>();

        public override Task WriteLineAsync(string? value)
        {
            _lines.Writer.TryWrite(value ?? "");
            return Task.CompletedTask;
        }

        public Task<string> NextAsync() => _lines.Reader.ReadAsync().AsTask().WaitAsync(Patience);
    }

    private sealed class Started : IHostApplicationLifetime
    {
        public CancellationToken ApplicationStarted => new(canceled: true);

        public CancellationToken ApplicationStopping => CancellationToken.None;

        public CancellationToken ApplicationStopped => CancellationToken.None;

        public void StopApplication()
        {
        }
    }

    private sealed class NoServer : IServer
    {
        public IFeatureCollection Features { get; } = new FeatureCollection();

        public Task StartAsync<TContext>(IHttpApplication<TContext> application, CancellationToken cancellationToken)
            where TContext : notnull => Task.CompletedTask;

        public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;

        public void Dispose()
        {
        }
    }
}
