using System.Text;
using System.Text.Json;

using McpRegistry.Core.Json;

namespace McpRegistry.Tests.Json;

public sealed class JsonRpcMessageTests
{
    [Fact]
    public void A_request_keeps_its_id_as_it_stands()
    {
        Assert.Equal("\"a\\u0031\"", Text(Read("""{"jsonrpc":"2.0","id":"a\u0031","method":"ping"}""").Id));
        Assert.Equal("9007199254740993", Text(Read("""{"jsonrpc":"2.0","id":9007199254740993,"method":"ping"}""").Id));
    }

    [Fact]
    public void Members_may_come_in_any_order()
    {
        var message = Read("""{"params":{"arguments":{"a":[1,{"b":2}]},"name":"echo"},"method":"tools/call","id":7,"jsonrpc":"2.0"}""");

        Assert.Equal(JsonRpcKind.Request, message.Kind);
        Assert.Equal("tools/call", message.Method);
        Assert.Equal("echo", message.Params.String("name"u8));
        Assert.Equal("""{"a":[1,{"b":2}]}""", Text(message.Params.Member("arguments"u8)));
    }

    [Fact]
    public void A_response_tells_where_its_result_stands()
    {
        const string Json = """{"result":{"content":[],"isError":true,"resultType":"complete"},"jsonrpc":"2.0","id":3}""";
        var message = Read(Json);

        Assert.Equal(JsonRpcKind.Response, message.Kind);
        Assert.Equal("""{"content":[],"isError":true,"resultType":"complete"}""", Text(message.Response.Result.Of(message.Bytes)));
        Assert.True(message.Response.HasResultType);
        Assert.True(message.Response.IsToolError);
    }

    [Theory]
    [InlineData("")]
    [InlineData("{")]
    [InlineData("[]")]
    [InlineData("nonsense")]
    [InlineData("""{"jsonrpc":"2.0","id":1,"method":"a"} x""")]
    [InlineData("""{"jsonrpc":"2.0","id":1,"method":"a"}{}""")]
    [InlineData("""{"jsonrpc":"1.0","id":1,"method":"a"}""")]
    [InlineData("""{"id":1,"method":"a"}""")]
    [InlineData("""{"jsonrpc":"2.0","id":1}""")]
    [InlineData("""{"jsonrpc":"2.0","id":null,"method":"a"}""")]
    [InlineData("""{"jsonrpc":"2.0","id":1.5,"method":"a"}""")]
    [InlineData("""{"jsonrpc":"2.0","id":{},"method":"a"}""")]
    [InlineData("""{"jsonrpc":"2.0","id":1,"method":7}""")]
    [InlineData("""{"jsonrpc":"2.0","id":1,"method":"a","params":[1]}""")]
    [InlineData("""{"jsonrpc":"2.0","id":1,"method":"a","params":0}""")]
    [InlineData("""{"jsonrpc":"2.0","id":1,"method":null}""")]
    [InlineData("""{"jsonrpc":"2.0","id":1,"error":null}""")]
    [InlineData("""{"jsonrpc":"2.0","id":1,"method":"a","params":{"_meta":1}}""")]
    [InlineData("""{"jsonrpc":"2.0","id":1,"result":{},"error":{}}""")]
    [InlineData("""{"jsonrpc":"2.0","id":1,"method":"a","result":{}}""")]
    [InlineData("""{"jsonrpc":"2.0","result":{}}""")]
    [InlineData("""{"jsonrpc":"2.0","id":1,"id":2,"method":"a"}""")]
    [InlineData("""{"jsonrpc":"2.0","id":1,"method":"a","params":{"name":"x","name":"y"}}""")]
    [InlineData("""{"jsonrpc":"2.0","id":1,"method":"a","params":{"name":"x","n\u0061me":"y"}}""")]
    [InlineData("""{"jsonrpc":"2.0","id":1,"method":"a","params":{"_meta":{"k":1,"k":2}}}""")]
    public void What_is_no_message_is_refused(string json) => Assert.ThrowsAny<JsonException>(() => Read(json));

    [Fact]
    public void Bytes_that_are_no_text_are_refused_wherever_they_stand()
    {
        byte[] bytes = [.. """{"jsonrpc":"2.0","id":1,"method":"a","params":{"x":"""u8, (byte)'"', 0xC3, 0x28, (byte)'"', .. "}}"u8];

        Assert.ThrowsAny<JsonException>(() => JsonRpcMessage.Read(bytes));
    }

    [Fact]
    public void Nesting_has_a_bound()
    {
        var deep = new string('[', 100_000);

        Assert.ThrowsAny<JsonException>(() => Read($$"""{"jsonrpc":"2.0","id":1,"method":"a","params":{"x":{{deep}}"""));
    }

    [Theory]
    [InlineData("""{"jsonrpc":"2.0","id":1,"method":"a","params":null}""")]
    [InlineData("""{"jsonrpc":"2.0","id":1,"method":"a","params":[]}""")]
    [InlineData("""{"jsonrpc":"2.0","id":1,"method":"a","params":[ ]}""")]
    [InlineData("""{"jsonrpc":"2.0","id":1.0,"method":"a","params":{},"result":null,"error":null}""")]
    public void Params_that_say_nothing_are_none(string json)
    {
        var message = Read(json);

        Assert.Equal(JsonRpcKind.Request, message.Kind);
        Assert.True(message.Params.Member("name"u8).IsEmpty);
        Assert.True(message.Response.Result.IsEmpty);
    }

    [Fact]
    public void A_notification_with_an_id_that_is_null_is_a_notification() =>
        Assert.Equal(JsonRpcKind.Notification, Read("""{"jsonrpc":"2.0","id":null,"method":"notifications/initialized","params":null}""").Kind);

    [Fact]
    public void What_stands_after_a_byte_order_mark_is_found_in_its_place()
    {
        var message = Read("\uFEFF{\"jsonrpc\":\"2.0\",\"id\":3,\"result\":{\"a\":1}}");

        Assert.Equal("""{"a":1}""", Text(message.Response.Result.Of(message.Bytes)));
    }

    [Theory]
    [InlineData("""{"jsonrpc":"1.0","id":1,"method":"a"}""", "1")]
    [InlineData("""{"id":"x","jsonrpc":"2.0","method":7}""", "\"x\"")]
    [InlineData("""{"jsonrpc":"2.0","id":1,"method":"a","params":"p"}""", "1")]
    [InlineData("""{"jsonrpc":"2.0","id":1,"id":2,"method":"a"}""", "")]
    [InlineData("""{"jsonrpc":"2.0","id":null,"method":"a"}""", "")]
    [InlineData("""{"jsonrpc":"2.0","id":{},"method":"a"}""", "")]
    [InlineData("""{"jsonrpc":"2.0","id":1,"method":"a" """, "")]
    [InlineData("[1]", "")]
    [InlineData("", "")]
    public void The_id_of_a_message_that_is_refused_can_be_given_back(string json, string id)
    {
        Assert.ThrowsAny<JsonException>(() => Read(json));
        Assert.Equal(id, Text(JsonRpcMessage.FindId(Encoding.UTF8.GetBytes(json))));
    }

    private static JsonRpcMessage Read(string json) => JsonRpcMessage.Read(Encoding.UTF8.GetBytes(json));

    private static string Text(ReadOnlyMemory<byte> bytes) => Encoding.UTF8.GetString(bytes.Span);
}
