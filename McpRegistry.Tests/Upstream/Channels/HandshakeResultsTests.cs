using McpRegistry.Core.Upstream.Channels;
using McpRegistry.Tests.Fakes;

namespace McpRegistry.Tests.Upstream.Channels;

public sealed class HandshakeResultsTests
{
    [Fact]
    public void Half_a_character_in_what_a_server_says_of_itself_does_not_cost_the_service()
    {
        using var reply = FakeInstanceClient.Result("""{"protocolVersion":"2025-11-25","capabilities":{"\ud83d":{},"tools":{}},"serverInfo":{"name":"cut \ud83d","version":"\udc00"},"instructions":"be \ud83d"}""");

        var connection = HandshakeResults.Initialized(reply);

        Assert.Equal(("cut \ufffd", "\ufffd", "be \ufffd"), (connection!.ServerName, connection.ServerVersion, connection.Instructions));
        Assert.True(connection.Has("tools"));
    }

    [Theory]
    [InlineData("""{"protocolVersion":"2025-11-25"}""")]
    [InlineData("""{"protocolVersion":"2025-11-25","capabilities":null,"serverInfo":null,"instructions":null}""")]
    [InlineData("""{"protocolVersion":"2025-11-25","capabilities":[],"serverInfo":"me","instructions":{}}""")]
    [InlineData("""{"protocolVersion":"2025-11-25","capabilities":{"tools":null,"prompts":false},"serverInfo":{"name":7,"version":[]},"instructions":7}""")]
    public void What_is_not_as_it_should_be_counts_as_not_said(string result)
    {
        using var reply = FakeInstanceClient.Result(result);

        var connection = HandshakeResults.Initialized(reply)!;

        Assert.False(connection.Has("tools"));
        Assert.False(connection.Has("prompts"));
        Assert.Null(connection.ServerName ?? connection.ServerVersion ?? connection.Instructions);
    }

    [Theory]
    [InlineData("7")]
    [InlineData("[]")]
    [InlineData("null")]
    [InlineData("""{"protocolVersion":7}""")]
    [InlineData("""{"protocolVersion":"\ud83d"}""")]
    [InlineData("""{"supportedVersions":{}}""")]
    [InlineData("""{"supportedVersions":["\ud83d",7,null]}""")]
    public void An_answer_that_is_no_handshake_makes_no_connection(string result)
    {
        using var reply = FakeInstanceClient.Result(result);

        Assert.Null(HandshakeResults.Initialized(reply));
        Assert.Null(HandshakeResults.Discovered(reply));
    }

    [Theory]
    [InlineData("""{"code":-32022,"\ud83d":1,"data":{"supported":["\ud83d","2026-07-28"]}}""", "2026-07-28")]
    [InlineData("""{"code":"-32022","data":{"supported":["2026-07-28"]}}""", null)]
    [InlineData("""{"code":-32022,"data":["2026-07-28"]}""", null)]
    public void An_odd_refusal_is_read_as_far_as_it_can_be(string error, string? offered)
    {
        using var reply = FakeInstanceClient.Error(error);

        Assert.Equal(offered, HandshakeResults.OfferedInstead(reply));
    }

    [Fact]
    public void Instructions_without_end_are_cut_between_characters()
    {
        using var reply = FakeInstanceClient.Result("""{"protocolVersion":"2025-11-25","instructions":"a""" + string.Concat(Enumerable.Repeat("😀", 40_000)) + "\"}");

        var instructions = HandshakeResults.Initialized(reply)!.Instructions!;

        Assert.Equal(32 * 1024 - 1, instructions.Length);
        Assert.EndsWith("😀", instructions, StringComparison.Ordinal);
    }
}
