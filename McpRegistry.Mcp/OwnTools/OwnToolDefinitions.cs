using System.Text;

namespace McpRegistry.Mcp.OwnTools;

/// <summary>How the registry's own tools are listed.</summary>
/// <param name="Name">The name.</param>
/// <param name="Json">The tool object.</param>
internal sealed record OwnToolDefinition(string Name, ReadOnlyMemory<byte> Json);

/// <summary>The definitions, in the order they are listed in.</summary>
internal static class OwnToolDefinitions
{
    public const string CallTool = "call_tool";
    public const string DescribeTool = "describe_tool";
    public const string ListAvailableTools = "list_available_tools";
    public const string SearchTools = "search_tools";
    public const string ServiceHealth = "service_health";

    private const string ReadOnly = """ "annotations":{"readOnlyHint":true,"idempotentHint":true,"openWorldHint":false}""";

    public static IReadOnlyList<OwnToolDefinition> All { get; } =
    [
        Define(CallTool, "Calls a tool of a service.", """
            "inputSchema":{"type":"object","properties":{
            "service":{"type":"string","description":"The service, as list_available_tools names it."},
            "tool":{"type":"string","description":"The tool's original name."},
            "arguments":{"type":"object","description":"The tool's arguments. They may instead stand beside service and tool."}},
            "required":["service","tool"],"additionalProperties":true}
            """),
        Define(DescribeTool, "Shows the full definition of one tool, its schemas included.", """
            "inputSchema":{"type":"object","properties":{
            "service":{"type":"string","description":"The service."},
            "tool":{"type":"string","description":"The tool's original name."}},
            "required":["service","tool"],"additionalProperties":false},
            """ + ReadOnly),
        Define(ListAvailableTools, "Lists the tools of all services, or of one.", """
            "inputSchema":{"type":"object","properties":{
            "service":{"type":"string","description":"Only the tools of this service."}},
            "additionalProperties":false},
            """ + ReadOnly),
        Define(SearchTools, "Finds the tools that fit a description of what is to be done, best first.", """
            "inputSchema":{"type":"object","properties":{
            "query":{"type":"string","description":"What is to be done, in a few words."},
            "limit":{"type":"integer","minimum":1,"maximum":100,"default":10,"description":"How many tools at most."}},
            "required":["query"],"additionalProperties":false},
            """ + ReadOnly),
        Define(ServiceHealth, "Tells how the services and their instances are, or one service.", """
            "inputSchema":{"type":"object","properties":{
            "service":{"type":"string","description":"Only this service."}},
            "additionalProperties":false},
            """ + ReadOnly),
    ];

    // Without line breaks: the lists also travel as server-sent events.
    private static OwnToolDefinition Define(string name, string description, string members) =>
        new(name, Encoding.UTF8.GetBytes($$"""{"name":"{{name}}","description":"{{description}}",{{members}}}""".ReplaceLineEndings("")));
}
