using System.Reflection;

using McpRegistry.Core.Upstream;
using McpRegistry.Core.Upstream.Http.Egress;
using McpRegistry.Tests.Upstream.Http;
using McpRegistry.Tests.Upstream.PlainHttp;

using Microsoft.AspNetCore.Http;

namespace McpRegistry.Tests.Upstream.AtMostOnce;

/// <summary>Below the dispatcher nothing sends a call again (decision 3), however much the answer invites to it.</summary>
public sealed class OneAttemptTests
{
    private const int Reset = 0;

    private static readonly int[] Statuses = [Reset, 408, 425, 429, 500, 502, 503, 504];

    [Theory]
    [InlineData(ProtocolEra.Modern)]
    [InlineData(ProtocolEra.Legacy)]
    public async Task Over_Streamable_HTTP_one_POST_reaches_the_upstream_whatever_it_answers(ProtocolEra era)
    {
        var status = 0;
        await using var server = await ScriptedServer.StartAsync(era, (context, request) => request.Method == "tools/call" ? InviteAsync(context, status) : ScriptedServer.JsonAsync(context, 405, ""));
        for (var calls = 0; calls < Statuses.Length; calls++)
        {
            status = Statuses[calls];
            await using var upstream = await UpstreamUnderTest.ConnectAsync(server.Mcp);
            using var reply = await upstream.CallAsync();

            Assert.Equal(calls + 1, server.Count("tools/call"));
        }
    }

    [Fact]
    public async Task Over_HTTP_SSE_one_POST_reaches_the_upstream_whatever_it_answers()
    {
        var (status, posts) = (0, 0);
        await using var server = new LegacySseServer();
        server.OnCall = async (context, call) =>
        {
            Interlocked.Increment(ref posts);
            await InviteAsync(context, status);
            // What the POST is answered decides nothing here: the answer to the call comes on the stream.
            await server.AnswerAsync(call, "{}");
        };
        await server.StartAsync();
        for (var calls = 0; calls < Statuses.Length; calls++)
        {
            status = Statuses[calls];
            await using var upstream = await UpstreamUnderTest.ConnectAsync(server.Sse);
            using var reply = await upstream.CallAsync();

            Assert.Equal(calls + 1, posts);
        }
    }

    [Theory]
    [InlineData("post")]
    [InlineData("get")]
    public async Task At_a_plain_HTTP_service_one_request_reaches_the_upstream_whatever_it_answers(string verb)
    {
        await using var service = await RecordingService.WithOperationAsync(verb, "/pay", "\"summary\":\"x\"");
        await service.Upstream.ConnectAsync();
        for (var calls = 0; calls < Statuses.Length; calls++)
        {
            var status = Statuses[calls];
            service.OnCall = context => InviteAsync(context, status);
            using var reply = await service.Upstream.CallAsync("t");

            Assert.Equal(calls + 1, service.Calls.Count);
        }
    }

    [Fact]
    public void The_way_that_calls_go_has_no_handler_but_that_of_the_sockets()
    {
        using var egress = new EgressHandler(EgressGuard.ForNetwork());
        using var lease = egress.Lease(new EgressRoute(TimeSpan.FromSeconds(1)));

        var invoker = Assert.Single(FieldsOf<HttpMessageInvoker>(lease));

        Assert.IsType<SocketsHttpHandler>(Assert.Single(FieldsOf<HttpMessageHandler>(invoker)));
    }

    private static Task InviteAsync(HttpContext context, int status)
    {
        if (status == Reset)
        {
            context.Abort();
            return Task.CompletedTask;
        }

        context.Response.Headers.RetryAfter = "0";
        return ScriptedServer.JsonAsync(context, status, "");
    }

    private static IEnumerable<T> FieldsOf<T>(object owner) => owner.GetType().GetFields(BindingFlags.Instance | BindingFlags.NonPublic).Select(field => field.GetValue(owner)).OfType<T>();
}
