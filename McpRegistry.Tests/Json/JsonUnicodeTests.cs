using System.Text;
using System.Text.Json;

using McpRegistry.Core.Json;

namespace McpRegistry.Tests.Json;

public sealed class JsonUnicodeTests
{
    [Theory]
    [InlineData(@"""plain""", null)]
    [InlineData(@"""\ud83d\ude00""", null)]
    [InlineData(@"""\\ud83d""", null)]
    [InlineData(@"""\uD83D""", @"""\ufffd""")]
    [InlineData(@"""\ude00\ud83d""", @"""\ufffd\ufffd""")]
    [InlineData(@"""\ud83d\ud83d\ude00""", @"""\ufffd\ud83d\ude00""")]
    [InlineData(@"""\ud83d\n""", @"""\ufffd\n""")]
    [InlineData(@"""\\\ud83d""", @"""\\\ufffd""")]
    [InlineData(@"{""\udc00"":[""\udc01x""]}", @"{""\ufffd"":[""\ufffdx""]}")]
    public void Half_characters_are_found_and_replaced(string json, string? mended)
    {
        var bytes = Encoding.UTF8.GetBytes(json);

        Assert.Equal(mended is null, JsonUnicode.IsSound(bytes));
        Assert.Equal(mended ?? json, Encoding.UTF8.GetString(JsonUnicode.Mend(bytes)));
    }

    [Fact]
    public void Bytes_that_are_not_UTF8_are_replaced()
    {
        byte[] json = [(byte)'"', 0xFF, (byte)'a', 0xED, 0xA0, 0x80, (byte)'"'];

        Assert.False(JsonUnicode.IsSound(json));
        Assert.Equal("\"\ufffda\ufffd\ufffd\ufffd\"", Encoding.UTF8.GetString(JsonUnicode.Mend(json)));
    }

    [Fact]
    public void The_text_of_somebody_else_never_throws()
    {
        Assert.Equal("cut \ufffd", JsonText.Of(JsonElement.Parse(@"""cut \ud83d""")));
        Assert.Null(JsonText.Of(JsonElement.Parse("5")));
        Assert.True(JsonText.TryGetMember(JsonElement.Parse(@"{""\ud83d"":1,""a"":2,""\ud83e"":3}"), "a"u8, out var value));
        Assert.Equal(2, value.GetInt32());
        Assert.False(JsonText.TryGetMember(JsonElement.Parse("[]"), "a"u8, out _));
    }
}
