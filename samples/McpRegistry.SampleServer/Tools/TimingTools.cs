using System.ComponentModel;
using ModelContextProtocol.Server;

namespace McpRegistry.SampleServer.Tools;

/// <summary>Tools that take their time.</summary>
[McpServerToolType]
internal sealed class TimingTools(TimeProvider time)
{
    [McpServerTool(Name = "delay", ReadOnly = true)]
    [Description("Answers after a while.")]
    public async Task<string> Delay([Description("Milliseconds to wait.")] int ms, CancellationToken cancellationToken)
    {
        await Task.Delay(TimeSpan.FromMilliseconds(ms), time, cancellationToken);
        return $"waited {ms} ms";
    }

    // No hints on purpose, like add_row.
    [McpServerTool(Name = "delay_unsafe")]
    [Description("Answers after a while; must not be repeated.")]
    public async Task<string> DelayUnsafe(
        [Description("Milliseconds to wait.")] int ms, CancellationToken cancellationToken, string? call_id = null) =>
        $"{await Delay(ms, cancellationToken)} for {call_id ?? "nobody"}";

    [McpServerTool(Name = "hang")]
    [Description("Never answers.")]
    public async Task<string> Hang(CancellationToken cancellationToken)
    {
        await Task.Delay(Timeout.InfiniteTimeSpan, time, cancellationToken);
        return "unreachable";
    }
}
