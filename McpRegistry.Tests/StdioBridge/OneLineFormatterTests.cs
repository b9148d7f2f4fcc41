using McpRegistry.StdioBridge;

using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Time.Testing;

namespace McpRegistry.Tests.StdioBridge;

public sealed class OneLineFormatterTests
{
    [Theory]
    [InlineData(LogLevel.Debug, "08:30:00 text\n")]
    [InlineData(LogLevel.Information, "08:30:00 text\n")]
    [InlineData(LogLevel.Warning, "08:30:00 warning: text\n")]
    [InlineData(LogLevel.Error, "08:30:00 error: text\n")]
    public void Only_what_went_wrong_has_its_level_said(LogLevel level, string expected) => Assert.Equal(expected, Format(level, "text", null));

    [Fact]
    public void An_exception_and_a_text_of_several_lines_stay_one_entry()
    {
        var entry = Format(LogLevel.Error, "one\r\ntwo", new InvalidOperationException("three\nfour"));

        Assert.Equal("08:30:00 error: one two | System.InvalidOperationException: three | four\n", entry);
    }

    private static string Format(LogLevel level, string text, Exception? exception)
    {
        using var output = new StringWriter { NewLine = "\n" };
        var time = new FakeTimeProvider(new DateTimeOffset(2026, 11, 22, 8, 30, 0, TimeSpan.Zero));
        new OneLineFormatter(time).Write(new LogEntry<string>(level, "category", default, text, exception, (state, _) => state), null, output);
        return output.ToString();
    }
}
