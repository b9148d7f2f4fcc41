using System.ComponentModel;
using ModelContextProtocol;
using ModelContextProtocol.Protocol;
using ModelContextProtocol.Server;

namespace McpRegistry.SampleServer.Conformance;

/// <summary>What the scenario server-stateless of 2026-07-28 needs to see.</summary>
[McpServerToolType]
internal sealed class ModernTools(McpServerPrimitiveCollection<McpServerTool> tools, McpServerPrimitiveCollection<McpServerPrompt> prompts)
{
    private static readonly McpServerTool PassingTool = McpServerTool.Create(
        () => "here for the moment", new McpServerToolCreateOptions { Name = "test_passing_tool", Description = "Comes and goes." });

    private static readonly McpServerPrompt PassingPrompt = McpServerPrompt.Create(
        () => "here for the moment", new McpServerPromptCreateOptions { Name = "test_passing_prompt", Description = "Comes and goes." });

    [McpServerTool(Name = "test_missing_capability"), Description("Refuses a caller that did not declare sampling.")]
    public static string MissingCapability(RequestContext<CallToolRequestParams> request) =>
        Declared(request)?.Sampling is not null
            ? "sampling was declared"
            : throw new MissingRequiredClientCapabilityException(
                new ClientCapabilities { Sampling = new SamplingCapability() }, "This tool needs the sampling capability.");

    [McpServerTool(Name = "test_streaming_elicitation"), Description("Answers without a request of its own on the stream.")]
    public static string StreamingElicitation() => "only a result on this stream";

    [McpServerTool(Name = "test_trigger_tool_change"), Description("Changes the list of tools.")]
    public string TriggerToolChange()
    {
        if (!tools.TryAdd(PassingTool))
            tools.Remove(PassingTool);
        return "tools changed";
    }

    [McpServerTool(Name = "test_trigger_prompt_change"), Description("Changes the list of prompts.")]
    public string TriggerPromptChange()
    {
        if (!prompts.TryAdd(PassingPrompt))
            prompts.Remove(PassingPrompt);
        return "prompts changed";
    }

    public static ClientCapabilities? Declared(RequestContext<CallToolRequestParams> request) =>
        request.JsonRpcRequest.Context?.ClientCapabilities ?? request.Server.ClientCapabilities;
}
