using System.ComponentModel;
using System.Text.Json;
using ModelContextProtocol;
using ModelContextProtocol.Protocol;
using ModelContextProtocol.Server;

namespace McpRegistry.SampleServer.Tools;

/// <summary>Tools that say something before they answer.</summary>
[McpServerToolType]
internal sealed class StreamTools(TimeProvider time, IHttpContextAccessor http)
{
    private static readonly TimeSpan BeforeTheReset = TimeSpan.FromMilliseconds(100);

    [McpServerTool(Name = "progress", ReadOnly = true)]
    [Description("Reports progress in steps, to a caller that gave a progress token.")]
    public async Task<string> Progress(
        RequestContext<CallToolRequestParams> request, CancellationToken cancellationToken, int steps = 3, int delay_ms = 0)
    {
        for (var step = 1; step <= steps; step++)
        {
            await ReportAsync(request, step, steps, cancellationToken);
            await Task.Delay(TimeSpan.FromMilliseconds(delay_ms), time, cancellationToken);
        }

        return $"{steps} steps";
    }

    [McpServerTool(Name = "log", ReadOnly = true)]
    [Description("Sends a log message, to a caller that wants its level.")]
    public static async Task<string> Log(
        RequestContext<CallToolRequestParams> request, string message, CancellationToken cancellationToken, string level = "info",
        [Description("How often it is sent.")] int times = 1)
    {
        if (!Enum.TryParse<LoggingLevel>(level, ignoreCase: true, out var parsed))
            throw new McpException($"Unknown level '{level}'.");
        if (!IsWanted(request, parsed))
            return "not wanted";

        var log = new LoggingMessageNotificationParams
        {
            Level = parsed,
            Logger = "sample",
            Data = JsonSerializer.SerializeToElement(message),
        };
        for (var i = 0; i < times; i++)
        {
            await request.Server.SendNotificationAsync(
                NotificationMethods.LoggingMessageNotification, log, McpJsonUtilities.DefaultOptions, cancellationToken);
        }

        return "logged";
    }

    [McpServerTool(Name = "cut")]
    [Description("Over HTTP: breaks the connection in the middle of the answer.")]
    public async Task<string> Cut(
        RequestContext<CallToolRequestParams> request,
        CancellationToken cancellationToken,
        [Description("Progress events to send first.")] int after = 1)
    {
        var connection = http.HttpContext ?? throw new McpException("Only HTTP has a connection to cut.");
        for (var step = 1; step <= after; step++)
            await ReportAsync(request, step, after + 1, cancellationToken);

        // A reset overtakes what it follows: the events need a moment to be read first.
        await Task.Delay(BeforeTheReset, time, cancellationToken);
        connection.Abort();
        return "nobody reads this";
    }

    public static Task ReportAsync(RequestContext<CallToolRequestParams> request, int step, int steps, CancellationToken cancellationToken) =>
        request.Params.ProgressToken is { } token
            ? request.Server.NotifyProgressAsync(
                token,
                new ProgressNotificationValue { Progress = step, Total = steps, Message = $"step {step}" },
                cancellationToken: cancellationToken)
            : Task.CompletedTask;

    // A modern caller asks per request and gets nothing unasked; a legacy one may have set a level for its session.
    private static bool IsWanted(RequestContext<CallToolRequestParams> request, LoggingLevel level)
    {
        var context = request.JsonRpcRequest.Context;
        return ProtocolVersions.IsModern(context?.ProtocolVersion ?? request.Server.NegotiatedProtocolVersion)
            ? level >= context?.LogLevel
            : request.Server.LoggingLevel is not { } wanted || level >= wanted;
    }
}
