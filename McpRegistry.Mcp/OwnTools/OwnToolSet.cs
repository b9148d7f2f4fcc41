using System.Collections.Frozen;

namespace McpRegistry.Mcp.OwnTools;

/// <summary>The registry's own tools by name. No service's tool can have such a name: exposed names hold <c>__</c>.</summary>
internal sealed class OwnToolSet(IEnumerable<IOwnTool> tools)
{
    private readonly FrozenDictionary<string, IOwnTool> _tools = tools.ToFrozenDictionary(one => one.Name, StringComparer.Ordinal);

    public IOwnTool? Find(string name) => _tools.GetValueOrDefault(name);
}
