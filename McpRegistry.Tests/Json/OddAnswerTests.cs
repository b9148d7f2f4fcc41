using System.Text;

using McpRegistry.Core.Json;
using McpRegistry.Core.Upstream.Channels;
using McpRegistry.Core.Upstream.Http;
using McpRegistry.Core.Upstream.Stdio;
using McpRegistry.Mcp;
using McpRegistry.Mcp.Resources;

namespace McpRegistry.Tests.Json;

/// <summary>Answers to calls are passed on as they are; the little that is read of them must not throw.</summary>
public sealed class OddAnswerTests
{
    private static readonly byte[] Deep = Encoding.UTF8.GetBytes(new string('[', 500) + new string(']', 500));

    [Fact]
    public void The_code_of_an_error_is_found_behind_half_characters_and_depth()
    {
        byte[] error = [.. "{\"\\ud83d\":1,\"data\":"u8, .. Deep, .. ",\"code\":-32602}"u8];

        Assert.Equal(-32602, JsonRpcErrors.CodeOf(error));
        Assert.Null(RelayedFailure.MaybeExecuted(error));
        Assert.Null(RelayedFailure.MaybeExecuted("{\"code\":-32000,\"data\":{\"code\":\"\\ud83d\",\"maybe_executed\":true}}"u8));
    }

    [Fact]
    public void The_type_of_a_result_is_found_behind_half_characters_and_depth()
    {
        byte[] result = [.. "{\"\\ud83d\":1,\"content\":"u8, .. Deep, .. ",\"resultType\":\"input_required\"}"u8];

        Assert.True(ResultType.IsInputRequired(result));
        Assert.False(ResultType.IsInputRequired("{\"resultType\":\"\\ud83d\",\"x\":\"input_required\"}"u8));
    }

    [Fact]
    public void A_result_with_half_a_character_in_a_name_is_an_answer()
    {
        var message = JsonRpcMessage.Read(Encoding.UTF8.GetBytes("""{"jsonrpc":"2.0","id":1,"result":{"\ud83d":1,"isError":true}}"""));

        Assert.True(message.Response.IsToolError);
    }

    [Fact]
    public void A_broken_answer_with_half_a_character_in_a_name_fails_its_own_call_alone() =>
        Assert.Equal(7, MessageSalvage.TryReadId(Encoding.UTF8.GetBytes("""{"\ud83d":1,"id":7,"result":{"a":""")));

    [Fact]
    public void The_level_of_a_log_message_without_text_is_none() =>
        Assert.Equal(-1, LogMessage.RankOf(Encoding.UTF8.GetBytes("""{"jsonrpc":"2.0","method":"notifications/message","params":{"level":"\ud83d"}}""")));

    [Fact]
    public async Task An_event_in_another_code_page_is_a_message()
    {
        var stream = new MemoryStream(Encoding.Latin1.GetBytes("data: {\"jsonrpc\":\"2.0\",\"id\":1,\"result\":{\"of\":\"größer\"}}\n\ndata: {\"jsonrpc\":\"2.0\",\"method\":\"a\"}\n\n"));
        using var reader = new SseReader(stream, 10_000);

        Assert.Equal(SseRead.Event, await reader.ReadAsync(CancellationToken.None));
        Assert.True(HttpExchange.TryReadMessage(reader, out var answer));
        Assert.Equal("{\"of\":\"gr\ufffd\ufffder\"}", Encoding.UTF8.GetString(answer.Response.Result.Of(answer.Bytes.Span)));
        Assert.Equal(SseRead.Event, await reader.ReadAsync(CancellationToken.None));
        Assert.True(HttpExchange.TryReadMessage(reader, out var next));
        Assert.Equal("a", next.Method);
    }

    [Fact]
    public async Task The_answer_of_a_mended_event_can_be_kept()
    {
        var reader = new SseReader(new MemoryStream(Encoding.Latin1.GetBytes("data: \"ö\"\n\n")), 10_000);
        await reader.ReadAsync(CancellationToken.None);

        Assert.True(reader.TryMendData());
        using var kept = reader.Detach(out var data);
        reader.Dispose();

        Assert.Equal("\"\ufffd\"", Encoding.UTF8.GetString(data.Of(kept.Span)));
    }

    [Fact]
    public void A_line_that_is_too_long_may_begin_with_half_a_character() =>
        Assert.True(OversizeLine.IsNoAnswer(Encoding.UTF8.GetBytes("""{"\ud83d":1,"method":"a","params":{ """)));

    [Fact]
    public void The_id_of_a_refused_message_is_found_behind_half_a_character() =>
        Assert.Equal("7", Encoding.UTF8.GetString(ReadableId.Of(Encoding.UTF8.GetBytes("""{"\ud83d":1,"id":7,"method":5}""")).Span));

    [Fact]
    public void Links_are_found_behind_half_characters_and_depth()
    {
        byte[] result = [.. "{\"\\ud83d\":"u8, .. Deep, .. ",\"content\":[{\"\\udc00\":1,\"type\":\"resource_link\",\"uri\":\"a://b\"}]}"u8];

        Assert.Equal(["a://b"], LinkReader.Read(result));
    }
}
