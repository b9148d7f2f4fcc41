using System.Net;

using McpRegistry.Core.Clients;
using McpRegistry.Mcp.Clients;

using Microsoft.Extensions.Time.Testing;

namespace McpRegistry.Tests.Clients;

public sealed class UnknownSessionTests
{
    [Fact]
    public void Who_asks_for_too_many_sessions_that_nobody_has_is_slowed_down_and_nobody_else()
    {
        var time = new FakeTimeProvider();
        var unknown = new UnknownSessions(time);
        var hostile = ClientKey.Of(IPAddress.Parse("192.0.2.1"));
        for (var i = 0; i < 1000; i++)
        {
            Assert.True(unknown.MayAsk(hostile));
            unknown.Note(hostile);
        }

        Assert.False(unknown.MayAsk(hostile));
        Assert.True(unknown.MayAsk(ClientKey.Of(IPAddress.Parse("192.0.2.2"))));
        time.Advance(TimeSpan.FromSeconds(1));
        for (var i = 0; i < 50; i++)
        {
            Assert.True(unknown.MayAsk(hostile));
            unknown.Note(hostile);
        }
        Assert.False(unknown.MayAsk(hostile));
    }
}
