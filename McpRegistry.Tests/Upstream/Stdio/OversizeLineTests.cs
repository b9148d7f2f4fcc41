using System.Text;

using McpRegistry.Core.Upstream.Stdio;

namespace McpRegistry.Tests.Upstream.Stdio;

public sealed class OversizeLineTests
{
    [Theory]
    [InlineData("""xxx"},"jsonrpc":"2.0","id":7}""", 7L)]
    [InlineData("""xxx"}, "id" : 7 }  """, 7L)]
    [InlineData("""xxx"},"id":"7"}""", 7L)]
    [InlineData("""xxx","id":7}}""", null)]
    [InlineData("""xxx"},"pid":7}""", null)]
    [InlineData("""{"id":7}""", null)]
    [InlineData("""xxx"},"id":7.5}""", null)]
    [InlineData("""xxx"},"id":}""", null)]
    [InlineData("""xxx"},"id":"7}""", null)]
    [InlineData("""xxx"},"id":99999999999999999999}""", null)]
    [InlineData("}", null)]
    [InlineData("", null)]
    public void Only_a_member_of_the_message_itself_tells_whose_answer_it_was(string end, long? id) =>
        Assert.Equal(id, OversizeLine.TryReadIdAtEnd(Encoding.UTF8.GetBytes(end)));

    [Theory]
    [InlineData("""{"jsonrpc":"2.0","method":"x","params":{"a":"bb""", true)]
    [InlineData("""{"result":{"method":"x"},"a":"bb""", false)]
    [InlineData("xxxx", false)]
    public void What_the_server_asks_or_tells_is_no_answer(string beginning, bool expected) =>
        Assert.Equal(expected, OversizeLine.IsNoAnswer(Encoding.UTF8.GetBytes(beginning)));
}
