using System.Globalization;
using System.Text;

using McpRegistry.Core.Upstream;
using McpRegistry.Tests.Acceptance.Harness;
using McpRegistry.Tests.Upstream.Http;
using McpRegistry.Tests.Upstream.Stdio;

using Microsoft.AspNetCore.Http;

using Xunit.Abstractions;

namespace McpRegistry.Tests.Acceptance;

/// <summary>Answers of a gibibyte each, many at once, to a gateway that is told to take them.</summary>
[Collection(AcceptanceRun.Processes)]
[Trait("Category", "Acceptance")]
public sealed class AnswerMemoryTests(ITestOutputHelper output)
{
    private const int Calls = 20;
    private const int Mebibytes = 1024;
    private const double MostAdded = 300;
    private static readonly byte[] Mebibyte = Encoding.ASCII.GetBytes(new string('a', 1024 * 1024));

    [LinuxTheory]
    [InlineData("json")]
    [InlineData("chunked")]
    [InlineData("event")]
    [InlineData("progress")]
    public async Task Twenty_answers_of_a_gibibyte_at_once_add_no_more_than_their_budget(string way)
    {
        await using var server = await ScriptedServer.StartAsync(ProtocolEra.Legacy, (context, request) => request.Method switch
        {
            "tools/list" => ScriptedServer.ResultAsync(context, request, """{"tools":[{"name":"large","inputSchema":{"type":"object"} }] }"""),
            "tools/call" => LargeAsync(context, request, way),
            _ => ScriptedServer.JsonAsync(context, 405, ""),
        });
        await using var gateway = await GatewayProcess.StartAsync(
            new ServersFile().Http("svc", server.Mcp), new Dictionary<string, string> { ["McpRegistry:Upstream:MaxResponseBytes"] = int.MaxValue.ToString(CultureInfo.InvariantCulture) });
        await gateway.ListsToolsOfAsync("svc");
        await gateway.Rest.CallAsync("svc", "none", new { });
        var before = ProcessFigures.ResidentMebibytes(gateway.Id);

        var calls = Task.WhenAll(Enumerable.Range(0, Calls).Select(_ => gateway.Rest.CallAsync("svc", "large", new { })));
        var most = before;
        await Eventually.TrueAsync(
            () =>
            {
                most = Math.Max(most, ProcessFigures.ResidentMebibytes(gateway.Id));
                return Task.FromResult(calls.IsCompleted);
            },
            TimeSpan.FromSeconds(90),
            () => $"the calls end\n{gateway.Output}");

        var figure = $"{Calls} answers of 1 GiB at once ({way}): RSS {before:0} MiB before, {most:0} at most";
        output.WriteLine(figure);
        AcceptanceRun.Report(figure);
        Assert.All(await calls, answer => Assert.Equal((503, "overloaded", true), (answer.Status, answer.Code, answer.MaybeExecuted)));
        Assert.InRange(most - before, 0, MostAdded);
    }

    private static async Task LargeAsync(HttpContext context, Received request, string way)
    {
        var begin = way == "progress"
            ? """{"jsonrpc":"2.0","method":"notifications/progress","params":{"progressToken":1,"progress":1,"message":" """
            : $$$"""{"jsonrpc":"2.0","id":{{{request.Id}}},"result":{"content":[{"type":"text","text":" """;
        if (way is "event" or "progress") await ScriptedServer.EventStreamAsync(context);
        else context.Response.ContentType = "application/json";
        if (way is "event" or "progress") begin = "data: " + begin;
        if (way == "json") context.Response.ContentLength = begin.Length + (long)Mebibytes * Mebibyte.Length + 1;
        try
        {
            await context.Response.WriteAsync(begin, context.RequestAborted);
            for (var i = 0; i < Mebibytes; i++) await context.Response.Body.WriteAsync(Mebibyte, context.RequestAborted);
            await context.Response.WriteAsync("\"", context.RequestAborted);
        }
        catch (OperationCanceledException)
        {
            // The gateway has had enough.
        }
    }
}
