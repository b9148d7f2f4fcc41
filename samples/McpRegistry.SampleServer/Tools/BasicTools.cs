using System.ComponentModel;
using System.Text.Json;
using ModelContextProtocol.Protocol;
using ModelContextProtocol.Server;

namespace McpRegistry.SampleServer.Tools;

/// <summary>What every client tries first.</summary>
[McpServerToolType]
internal sealed class BasicTools(SampleOptions options)
{
    [McpServerTool(Name = "echo", ReadOnly = true, OutputSchemaType = typeof(Echoed), UseStructuredContent = true)]
    [Description("Returns the message.")]
    public CallToolResult Echo([Description("The text to return.")] string message) => new()
    {
        Content = [new TextContentBlock { Text = message }],
        StructuredContent = JsonSerializer.SerializeToElement(new Echoed(message, options.Name), JsonSerializerOptions.Web),
    };

    [McpServerTool(Name = "add", ReadOnly = true, UseStructuredContent = true)]
    [Description("Adds two numbers.")]
    public static Sum Add(double a, double b) => new(a + b);

    [McpServerTool(Name = "big", ReadOnly = true)]
    [Description("Returns a text of the wanted size.")]
    public static string Big([Description("Length of the text in bytes.")] int bytes) => new('x', bytes);

    [McpServerTool(Name = "whoami", ReadOnly = true, UseStructuredContent = true)]
    [Description("Tells which instance answers, and in which era it was asked.")]
    public Identity WhoAmI(RequestContext<CallToolRequestParams> request)
    {
        var version = request.JsonRpcRequest.Context?.ProtocolVersion ?? request.Server.NegotiatedProtocolVersion;
        return new Identity(options.Name, Environment.ProcessId, ProtocolVersions.IsModern(version) ? "modern" : "legacy", version);
    }

    internal sealed record Echoed(string Message, string Instance);

    internal sealed record Sum(double Result);

    internal sealed record Identity(string Instance, int Pid, string Era, string? ProtocolVersion);
}
