using McpRegistry.Api.Events;
using McpRegistry.Core.State;
using McpRegistry.Tests.Api.Harness;

using Microsoft.Extensions.Time.Testing;

namespace McpRegistry.Tests.Api;

public sealed class EventRoutesTests
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(10);

    [Fact]
    public async Task A_subscriber_hears_every_change_with_its_kind_and_version()
    {
        await using var host = await RestHost.StartAsync();
        using var events = await Subscriber.OpenAsync(host);

        host.State.Put(Services.Ready("demo", "echo"));
        host.State.RefreshCondition("demo");
        host.State.Update("demo", before => before! with { Reason = "x" }, (_, _) => new RegistryChange(RegistryChangeKind.CatalogChanged, "demo", 0, CatalogLists.Tools | CatalogLists.Prompts));
        host.State.Remove("demo");

        Assert.StartsWith("event: service_added\nid: 1\ndata: {\"service\":\"demo\",\"version\":1,", await events.NextAsync(), StringComparison.Ordinal);
        Assert.Contains("\"lists\":[\"tools\",\"prompts\"]", await events.NextAsync("catalog_changed"), StringComparison.Ordinal);
        Assert.Contains("\"service\":\"demo\"", await events.NextAsync("service_removed"), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_subscriber_that_was_away_is_told_to_look_again()
    {
        await using var host = await RestHost.StartAsync();
        host.State.Put(Services.Ready("demo", "echo"));

        using var behind = await Subscriber.OpenAsync(host, lastEventId: "0");
        using var current = await Subscriber.OpenAsync(host, lastEventId: "1");

        Assert.Equal("event: resync\nid: 1\ndata: {\"version\":1}", behind.First);
        Assert.Equal(": connected", current.First);
    }

    [Fact]
    public void A_subscriber_that_does_not_read_loses_changes_and_is_told_once()
    {
        var state = new RegistryState();
        using var changes = new EventSubscription(state);

        for (var i = 0; i <= EventSubscription.Capacity; i++) state.Put(Services.Ready("demo") with { Reason = $"{i}" });

        Assert.True(changes.TakeDropped());
        Assert.False(changes.TakeDropped());
        Assert.False(changes.TryRead(out _));
        state.Remove("demo");
        Assert.True(changes.TryRead(out var change));
        Assert.Equal(RegistryChangeKind.ServiceRemoved, change!.Kind);
    }

    [Fact]
    public async Task What_was_dropped_while_the_subscriber_read_is_told_without_waiting_for_the_next_change()
    {
        for (var round = 0; round < 200; round++)
        {
            var state = new RegistryState();
            using var changes = new EventSubscription(state);
            var writing = Task.Run(() =>
            {
                for (var i = 0; i < EventSubscription.Capacity + round * 4; i++) state.Put(Services.Ready("demo") with { Reason = $"{i}" });
            });
            var reading = ReadToAsync(changes, EventSubscription.Capacity + round * 4);

            await writing.WaitAsync(Patience);
            await reading.WaitAsync(Patience);
        }

        // Ends with the last change, or with the word that there was more than was read.
        static async Task ReadToAsync(EventSubscription changes, long last)
        {
            var isCurrent = false;
            while (!isCurrent)
            {
                Assert.True(await changes.WaitAsync(CancellationToken.None));
                var taken = new List<RegistryChange>();
                isCurrent = !changes.TryTake(taken) || taken.Any(one => one.Version == last);
            }
        }
    }

    [Fact]
    public async Task A_quiet_stream_is_kept_open()
    {
        var time = new FakeTimeProvider();
        await using var host = await RestHost.StartAsync(time: time);
        using var events = await Subscriber.OpenAsync(host);

        var next = events.NextAsync();
        while (!next.IsCompleted)
        {
            time.Advance(TimeSpan.FromSeconds(15));
            await Task.WhenAny(next, Task.Delay(TimeSpan.FromMilliseconds(10), TimeProvider.System));
        }

        Assert.Equal(": keep-alive", await next);
    }

    [Fact]
    public async Task A_stop_does_not_wait_for_open_streams()
    {
        await using var host = await RestHost.StartAsync();
        using var events = await Subscriber.OpenAsync(host);

        await host.StopAsync().WaitAsync(Patience);

        Assert.Null(await events.TryNextAsync());
    }

    [Fact]
    public async Task More_streams_than_allowed_are_refused()
    {
        await using var host = await RestHost.StartAsync(new() { ["McpRegistry:Http:MaxEventStreams"] = "1" });
        using var first = await Subscriber.OpenAsync(host);

        (await host.GetAsync("/api/events")).IsProblem(503, "overloaded");
    }

    private sealed class Subscriber : IDisposable
    {
        private readonly HttpResponseMessage _response;
        private readonly StreamReader _reader;

        private Subscriber(HttpResponseMessage response, Stream stream)
        {
            _response = response;
            _reader = new StreamReader(stream);
        }

        public string First { get; private set; } = "";

        public static async Task<Subscriber> OpenAsync(RestHost host, string? lastEventId = null)
        {
            using var request = new HttpRequestMessage(HttpMethod.Get, "/api/events");
            if (lastEventId is not null) request.Headers.Add("Last-Event-ID", lastEventId);
            var response = await host.Http.SendAsync(request, HttpCompletionOption.ResponseHeadersRead);
            Assert.Equal("text/event-stream", response.Content.Headers.ContentType!.MediaType);
            var subscriber = new Subscriber(response, await response.Content.ReadAsStreamAsync());
            subscriber.First = (await subscriber.NextAsync()).Replace("retry: 1000\n", "", StringComparison.Ordinal);
            return subscriber;
        }

        /// <summary>The next event or comment; of the kind that is asked for, others are passed over.</summary>
        public async Task<string> NextAsync(string? kind = null)
        {
            while (true)
            {
                var next = await TryNextAsync() ?? throw new EndOfStreamException();
                if (kind is null || next.StartsWith($"event: {kind}\n", StringComparison.Ordinal)) return next;
            }
        }

        public async Task<string?> TryNextAsync()
        {
            var lines = new List<string>();
            while (true)
            {
                var line = await _reader.ReadLineAsync().WaitAsync(Patience);
                if (line is null) return null;
                if (line.Length > 0) lines.Add(line);
                else if (lines.Count > 0) return string.Join('\n', lines);
            }
        }

        public void Dispose()
        {
            _reader.Dispose();
            _response.Dispose();
        }
    }
}
