using System.ComponentModel;
using ModelContextProtocol.Protocol;
using ModelContextProtocol.Server;

namespace McpRegistry.SampleServer.Tools;

/// <summary>Tools that change something: safely, unsafely, or the list of tools itself.</summary>
[McpServerToolType]
internal sealed class StateTools(StoredValues stored, Ledger ledger, McpServerPrimitiveCollection<McpServerTool> tools)
{
    private static readonly McpServerTool Extra = McpServerTool.Create(
        () => "here for the moment",
        new McpServerToolCreateOptions { Name = "extra", Description = "Comes and goes with change_tools.", ReadOnly = true });

    [McpServerTool(Name = "set_value", Idempotent = true, Destructive = false)]
    [Description("Stores a value under a key; doing it twice changes nothing more.")]
    public string SetValue(string key, string value) => stored.Values[key] = value;

    // No hints on purpose: a caller must assume that repeating it does harm, and it does.
    [McpServerTool(Name = "add_row")]
    [Description("Adds a row; each execution adds another one.")]
    public string AddRow(string? call_id = null, string? text = null) => $"row {stored.AddRow()}: {text ?? call_id}";

    [McpServerTool(Name = "change_tools")]
    [Description("Adds the tool 'extra', or removes it when it is there.")]
    public string ChangeTools()
    {
        // Whoever listens to the collection sends notifications/tools/list_changed.
        if (tools.TryAdd(Extra))
            return "added";
        tools.Remove(Extra);
        return "removed";
    }

    [McpServerTool(Name = "cancelled_count", ReadOnly = true)]
    [Description("Tells how many executions in this process saw their cancellation.")]
    public CallToolResult CancelledCount() => new()
    {
        Content = [new TextContentBlock { Text = $"{ledger.CancelledCount}" }],
    };
}
