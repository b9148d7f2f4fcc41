using System.Text;

using McpRegistry.Core.Upstream;

using Microsoft.AspNetCore.Http;

namespace McpRegistry.Tests.Upstream.Http;

/// <summary>An answer of which bytes were lost on the way: whom it names must be certain before anything is sent again for it.</summary>
public sealed class DamagedAnswerTests
{
    /// <summary>Broken bytes stand in the name of the id or in the id, so that it seems to name nobody, under a status that denies.</summary>
    [Theory]
    [InlineData(413, "application/json", "{'jsonrpc':'2.0','i\u00c3(d':ID,'error':{'code':-32000,'message':'no'}}")]
    [InlineData(415, "text/event-stream", "{'jsonrpc':'2.0','i\u00c3(d':ID,'error':{'code':-32000,'message':'no'}}")]
    [InlineData(405, "application/json", "{'jsonrpc':'2.0','id':'ID\u00c3(','error':{'code':-32000,'message':'no'}}")]
    [InlineData(406, "text/event-stream", "{'jsonrpc':'2.0','id':'ID\u00c3(','error':{'code':-32000,'message':'no'}}")]
    [InlineData(413, "application/json", "{'i\u00c3(d':ID,'error':{'code':-32000,'message':'no'}}")]
    [InlineData(413, "application/json", "{'jsonrpc':'2.0','i\\ufffdd':ID,'error':{'code':-32000,'message':'no'}}")]
    [InlineData(404, "application/json", "{'jsonrpc':'2.0','i\u00c3(d':ID,'error':{'code':-32001,'message':'Session not found'}}")]
    public async Task One_that_may_have_named_our_request_leaves_it_open_and_is_asked_for_once(int status, string type, string body)
    {
        foreach (var era in new[] { ProtocolEra.Legacy, ProtocolEra.Modern })
        {
            await using var server = await ScriptedServer.StartAsync(era, (context, request) => request.Method == "ping"
                ? ScriptedServer.ResultAsync(context, request, "{}")
                : AnswerAsync(context, status, type, body.Replace("ID", request.Id, StringComparison.Ordinal)));
            await using var upstream = await UpstreamUnderTest.ConnectAsync(server.Mcp);

            using var reply = await upstream.CallAsync();

            Assert.NotEqual(UpstreamOutcome.Answered, reply.Outcome);
            Assert.Equal((true, 1), (reply.WasSent, server.Count("tools/call")));
        }
    }

    /// <summary>The words of an error may be of another code page; whom it names is certain all the same.</summary>
    [Theory]
    [InlineData(413, "{'jsonrpc':'2.0','id':null,'error':{'code':-32000,'message':'zu gro\u00df'}}")]
    [InlineData(401, "{'detail':'gesperrt f\u00fcr Sie'}")]
    [InlineData(403, "<p>gesperrt f\u00fcr Sie</p>")]
    public async Task One_with_broken_bytes_in_its_words_alone_says_what_its_status_says(int status, string body)
    {
        await using var server = await ScriptedServer.StartAsync(ProtocolEra.Modern, (context, _) => AnswerAsync(context, status, "application/json", body));
        await using var upstream = await UpstreamUnderTest.ConnectAsync(server.Mcp);

        using var reply = await upstream.CallAsync();

        Assert.Equal((UpstreamOutcome.Refused, false), (reply.Outcome, reply.WasSent));
    }

    private static Task AnswerAsync(HttpContext context, int status, string type, string body)
    {
        var text = body.Replace('\'', '"');
        context.Response.StatusCode = status;
        context.Response.ContentType = type;
        // One byte for each character, so that those above 7f are no UTF-8.
        return context.Response.Body.WriteAsync(Encoding.Latin1.GetBytes(type == "text/event-stream" ? $"data: {text}\n\n" : text)).AsTask();
    }
}
