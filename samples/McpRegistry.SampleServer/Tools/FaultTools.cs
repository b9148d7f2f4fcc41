using System.ComponentModel;
using System.Diagnostics;
using ModelContextProtocol;
using ModelContextProtocol.Protocol;
using ModelContextProtocol.Server;

namespace McpRegistry.SampleServer.Tools;

/// <summary>Every way in which a call can end badly at once.</summary>
[McpServerToolType]
internal sealed class FaultTools
{
    [McpServerTool(Name = "fail")]
    [Description("Answers with a result that is an error (isError).")]
    public static CallToolResult Fail(string message = "failed as asked") => new()
    {
        IsError = true,
        Content = [new TextContentBlock { Text = message }],
    };

    [McpServerTool(Name = "protocol_error")]
    [Description("Answers with a JSON-RPC error.")]
    public static string ProtocolError() =>
        throw new McpProtocolException("protocol error as asked", McpErrorCode.InternalError);

    [McpServerTool(Name = "crash")]
    [Description("Ends the process at once, without an answer.")]
    public static string Crash()
    {
        using var self = Process.GetCurrentProcess();
        self.Kill();
        return "unreachable";
    }
}
