using System.Text;

using McpRegistry.Core.Upstream.Stdio;

namespace McpRegistry.Tests.Upstream.Stdio;

public sealed class StderrLinesTests
{
    private readonly List<string> _heard = [];

    [Fact]
    public void A_line_is_one_however_the_pipe_cuts_it()
    {
        var lines = Lines(100);

        foreach (var part in new[] { "fir", "st\nsec", "ond\r", "\n\n", "third\nfourth" }) lines.Add(Encoding.UTF8.GetBytes(part));
        Assert.Equal(["first", "second", "third"], _heard);

        lines.End();
        lines.End();
        Assert.Equal(["first", "second", "third", "fourth"], _heard);
    }

    [Fact]
    public void A_line_that_never_ends_comes_in_pieces()
    {
        var lines = Lines(4);

        lines.Add("0123456789\nabcd\nef\n"u8);

        Assert.Equal(["0123", "4567", "89", "abcd", "ef"], _heard);
    }

    private StderrLines Lines(int longest) => new(longest, line => _heard.Add(Encoding.UTF8.GetString(line)));
}
