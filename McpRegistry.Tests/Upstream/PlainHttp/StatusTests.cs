using McpRegistry.Core.Upstream;
using McpRegistry.Tests.Upstream.Http;

namespace McpRegistry.Tests.Upstream.PlainHttp;

/// <summary>What is answered is the answer; a call is said not to be executed only where a status says so by its definition.</summary>
public sealed class StatusTests
{
    [Theory]
    [InlineData("post")]
    [InlineData("put")]
    [InlineData("delete")]
    [InlineData("patch")]
    public async Task A_303_after_a_change_means_that_it_was_made(string verb)
    {
        await using var service = await RecordingService.WithOperationAsync(verb, "/orders", "\"summary\":\"x\"");
        service.OnCall = context =>
        {
            context.Response.Headers.Location = "/orders/1";
            return ScriptedServer.JsonAsync(context, 303, "");
        };

        var result = await service.ResultAsync();

        Assert.False(result.TryGetProperty("isError", out _));
        Assert.Equal("HTTP 303: done; the result is at /orders/1", result.GetProperty("content")[0].GetProperty("text").GetString());
        Assert.Single(service.Calls);
    }

    [Theory]
    [InlineData("post", 300)]
    [InlineData("post", 301)]
    [InlineData("post", 302)]
    [InlineData("post", 304)]
    [InlineData("post", 305)]
    [InlineData("get", 303)]
    [InlineData("get", 302)]
    public async Task Any_other_redirect_is_an_error_of_the_tool_and_never_a_reason_to_call_again(string verb, int status)
    {
        await using var service = await RecordingService.WithOperationAsync(verb, "/orders", "\"summary\":\"x\"");
        service.OnCall = context =>
        {
            context.Response.Headers.Location = "/orders/1";
            context.Response.StatusCode = status;
            return Task.CompletedTask;
        };

        var result = await service.ResultAsync();

        Assert.True(result.GetProperty("isError").GetBoolean());
        Assert.Contains("/orders/1", result.GetProperty("content")[0].GetProperty("text").GetString(), StringComparison.Ordinal);
        Assert.Contains("may have been executed", result.GetProperty("content")[0].GetProperty("text").GetString(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Of_all_statuses_only_four_say_that_nothing_was_executed()
    {
        var status = 200;
        await using var service = await RecordingService.WithOperationAsync("post", "/pay", "\"summary\":\"x\"");
        service.OnCall = context =>
        {
            context.Response.StatusCode = status;
            return status is 204 or 205 or 304 ? Task.CompletedTask : context.Response.Body.WriteAsync("{\"detail\":\"customer 7 not found\"}"u8.ToArray()).AsTask();
        };
        await service.Upstream.ConnectAsync();
        var notExecuted = new List<int>();
        for (status = 200; status < 600; status++)
        {
            using var reply = await service.Upstream.CallAsync("t");
            if (!reply.WasSent) notExecuted.Add(status);
        }

        Assert.Equal([307, 308, 401, 421], notExecuted);
    }

    [Theory]
    [InlineData(404, "HTTP 404: customer 7 not found")]
    [InlineData(403, "HTTP 403: customer 7 not found")]
    [InlineData(429, "HTTP 429 (try again in 5 s): customer 7 not found")]
    public async Task A_refusal_in_words_is_what_the_tool_answered(int status, string text)
    {
        await using var service = await RecordingService.WithPathsAsync("""{"/tools/pay":{"post":{}}}""");
        service.OnCall = context =>
        {
            if (status == 429) context.Response.Headers.RetryAfter = "5";
            return ScriptedServer.JsonAsync(context, status, "customer 7 not found");
        };

        var result = await service.ResultAsync("pay");

        Assert.True(result.GetProperty("isError").GetBoolean());
        Assert.Equal(text, result.GetProperty("content")[0].GetProperty("text").GetString());
    }

    [Fact]
    public async Task A_service_that_is_away_for_a_moment_says_for_how_long()
    {
        await using var service = await RecordingService.WithOperationAsync("get", "/x", "\"summary\":\"x\"");
        service.OnCall = context =>
        {
            context.Response.Headers.RetryAfter = "7";
            return ScriptedServer.JsonAsync(context, 503, "");
        };
        await service.Upstream.ConnectAsync();

        using var reply = await service.Upstream.CallAsync("t");

        Assert.Equal((UpstreamOutcome.SentButNoAnswer, true, TimeSpan.FromSeconds(7)), (reply.Outcome, reply.WasSent, reply.RetryAfter));
    }
}
