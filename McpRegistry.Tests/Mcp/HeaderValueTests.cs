using McpRegistry.Core.Upstream.Http;
using McpRegistry.Mcp;

namespace McpRegistry.Tests.Mcp;

public sealed class HeaderValueTests
{
    [Theory]
    [InlineData("us-west1", "us-west1")]
    [InlineData("Hello, 世界", "=?base64?SGVsbG8sIOS4lueVjA==?=")]
    [InlineData(" padded ", "=?base64?IHBhZGRlZCA=?=")]
    [InlineData("line1\nline2", "=?base64?bGluZTEKbGluZTI=?=")]
    [InlineData("=?base64?literal?=", "=?base64?PT9iYXNlNjQ/bGl0ZXJhbD89?=")]
    public void Values_are_encoded_as_the_specification_shows(string text, string header)
    {
        Assert.Equal(header, HeaderText.Encode(text));
        Assert.Equal(text, HeaderValue.Decode(header));
    }

    [Theory]
    [InlineData("=?base64?SGVsbG8?=")]
    [InlineData("=?base64?SGVs!!!bG8=?=")]
    [InlineData("=?base64?SGVs bG8=?=")]
    [InlineData("=?base64?/w==?=")]
    [InlineData("größer")]
    public void Broken_values_are_no_text(string header) => Assert.Null(HeaderValue.Decode(header));

    [Theory]
    [InlineData("SGVsbG8=")]
    [InlineData("=?base64?SGVsbG8=")]
    public void Values_without_both_marks_are_literal(string header) => Assert.Equal(header, HeaderValue.Decode(header));
}
