using System.Text;
using System.Text.Json;

using McpRegistry.Core.Json;

namespace McpRegistry.Tests.Json;

public sealed class JsonTextTests
{
    [Theory]
    [InlineData("\"\"", "")]
    [InlineData("\"2026-07-28\"", "2026-07-28")]
    [InlineData("\"a b~!\"", "a b~!")]
    [InlineData("\"a\\u0062\\\"\\\\\"", "ab\"\\")]
    [InlineData("\"Grüße 🙂\"", "Grüße 🙂")]
    [InlineData("\"\u007f\"", "\u007f")]
    public void A_text_is_what_stands_between_its_quotes_with_or_without_escapes(string json, string text) =>
        Assert.Equal(text, JsonText.Decode(Encoding.UTF8.GetBytes(json)));

    [Theory]
    [InlineData("\"\\ud83d\"")]
    [InlineData("\"a\nb\"")]
    [InlineData("\"a\\\"")]
    [InlineData("\"")]
    [InlineData("name")]
    public void What_is_no_text_is_refused_as_malformed(string json) =>
        Assert.ThrowsAny<JsonException>(() => JsonText.Decode(Encoding.UTF8.GetBytes(json)));

    [Fact]
    public void Bytes_that_are_no_UTF_8_are_refused() => Assert.ThrowsAny<JsonException>(() => JsonText.Decode([(byte)'"', 0xff, (byte)'"']));
}
