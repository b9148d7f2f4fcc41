using System.Text;

using McpRegistry.Core.Json;
using McpRegistry.Core.Upstream.Channels;
using McpRegistry.Core.Upstream.Http;
using McpRegistry.Mcp;

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
}
