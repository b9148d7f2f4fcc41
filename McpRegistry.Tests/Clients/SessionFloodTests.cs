using System.Net;

using McpRegistry.Core.Clients;
using McpRegistry.Mcp;

using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Options;
using Microsoft.Extensions.Time.Testing;

namespace McpRegistry.Tests.Clients;

public sealed class SessionFloodTests : IDisposable
{
    private const int Max = 200;
    private static readonly ClientKey Hostile = ClientKey.Of(IPAddress.Parse("192.0.2.1"));
    private static readonly ClientKey Other = ClientKey.Of(IPAddress.Parse("192.0.2.2"));

    private readonly FakeTimeProvider _time = new();
    private readonly LegacySessions _sessions;

    public SessionFloodTests() => _sessions = new LegacySessions(Options.Create(new McpOptions { MaxSessions = Max }), _time, NullLogger<LegacySessions>.Instance);

    public void Dispose() => _sessions.Dispose();

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void Ten_thousand_sessions_of_one_client_cost_another_nothing(bool isOfOneMachine)
    {
        var victim = isOfOneMachine ? Hostile : Other;
        var session = Open(victim)!;
        Assert.Same(session, Use(session));
        _time.Advance(TimeSpan.FromMinutes(5));

        for (var i = 0; i < 10_400; i++)
        {
            // 100 of them in a second, and more from others than one address alone would let in.
            if (i % 100 == 0) _time.Advance(TimeSpan.FromSeconds(1));
            Assert.NotNull(Open(Hostile));
            if (i % 1000 == 0) Assert.NotNull(Use(Open(victim)!));
        }

        Assert.NotNull(Use(session));
        Assert.Equal(Max, _sessions.All.Count());
    }

    [Fact]
    public void A_flood_of_sessions_that_are_used_costs_other_addresses_nothing()
    {
        var session = Open(Other)!;
        Use(session);
        _time.Advance(TimeSpan.FromMinutes(5));

        for (var i = 0; i < 1000; i++)
        {
            if (Open(Hostile) is { } one) Use(one);
            if (i % 100 == 0) _time.Advance(TimeSpan.FromSeconds(10));
        }

        Assert.NotNull(Use(session));
        Assert.NotNull(Use(Open(ClientKey.Of(IPAddress.Parse("192.0.2.3"))) ?? session));
    }

    [Fact]
    public void Who_has_the_most_makes_room_with_what_was_never_used_before_what_is_long_silent()
    {
        var evicted = new List<string>();
        _sessions.Evicted += one => evicted.Add(one.Id);
        var used = Open(Hostile)!;
        Use(used);
        var unused = Open(Hostile)!;
        for (var i = 2; i < Max; i++) Use(Open(Hostile)!);
        _time.Advance(TimeSpan.FromMinutes(2));

        Assert.NotNull(Open(Other));
        Assert.NotNull(Open(Other));

        Assert.Equal([unused.Id, used.Id], evicted);
    }

    [Fact]
    public void Sessions_that_end_give_their_places_back()
    {
        for (var i = 0; i < 10 * Max; i++)
        {
            var session = Open(Hostile);
            Assert.NotNull(session);
            Use(session!);
            _sessions.Close(session!);
        }

        Assert.Empty(_sessions.All);
    }

    private LegacySession? Open(ClientKey client) => _sessions.TryOpen(null, null, "2025-11-25", default, client);

    private LegacySession? Use(LegacySession session) => _sessions.Find(session.Id, null, null);
}
