using System.ComponentModel;
using McpRegistry.SampleServer.Tools;
using ModelContextProtocol.Protocol;
using ModelContextProtocol.Server;

namespace McpRegistry.SampleServer.Conformance;

/// <summary>Tools that send notifications on the stream of their call.</summary>
[McpServerToolType]
internal sealed class StreamingTools(TimeProvider time)
{
    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(50);

    [McpServerTool(Name = "test_tool_with_logging"), Description("Sends three log messages.")]
    public async Task<string> Logging(RequestContext<CallToolRequestParams> request, CancellationToken cancellationToken)
    {
        string[] messages = ["Tool execution started", "Tool processing data", "Tool execution completed"];
        foreach (var message in messages)
        {
            await StreamTools.Log(request, message, cancellationToken);
            await Task.Delay(Pause, time, cancellationToken);
        }

        return "Tool with logging executed successfully";
    }

    [McpServerTool(Name = "test_logging_tool"), Description("Sends a log message to a caller that asked for them.")]
    public static Task<string> GatedLogging(RequestContext<CallToolRequestParams> request, CancellationToken cancellationToken) =>
        StreamTools.Log(request, "test_logging_tool executed", cancellationToken);

    [McpServerTool(Name = "test_tool_with_progress"), Description("Reports progress: 0, 50, 100.")]
    public async Task<string> Progress(RequestContext<CallToolRequestParams> request, CancellationToken cancellationToken)
    {
        int[] percents = [0, 50, 100];
        foreach (var percent in percents)
        {
            await StreamTools.ReportAsync(request, percent, 100, cancellationToken);
            await Task.Delay(Pause, time, cancellationToken);
        }

        return request.Params.ProgressToken?.ToString() ?? "No progress token";
    }

    [McpServerTool(Name = "test_reconnection"), Description("Closes its stream before the answer; the client fetches it by resuming.")]
    public static async Task<string> Reconnection(RequestContext<CallToolRequestParams> request, CancellationToken cancellationToken)
    {
        await request.EnablePollingAsync(Pause, cancellationToken);
        return "Reconnection test completed successfully";
    }
}
