using McpRegistry.Core.Catalog;
using McpRegistry.Core.State;

namespace McpRegistry.Mcp.OwnTools;

/// <summary>Finds the tool that a model names by service and tool.</summary>
internal static class ToolLookup
{
    /// <summary>Finds it by its original name, or by its exposed one, which models like to use.</summary>
    /// <param name="registry">The registry.</param>
    /// <param name="service">The service.</param>
    /// <param name="tool">The tool.</param>
    /// <param name="problem">What to tell the model when there is none.</param>
    public static CatalogEntry? Find(RegistrySnapshot registry, string? service, string? tool, out string problem)
    {
        problem = "";
        if (service is null || tool is null)
        {
            problem = "service and tool must be strings.";
            return null;
        }

        if (!registry.Services.TryGetValue(service, out var found))
        {
            problem = "There is no service of that name. list_available_tools names the services and their tools.";
            return null;
        }

        if (found.Catalog.OwnView.FindTool(tool) is { } own) return own;
        if (registry.Catalog.FindTool(tool) is { } exposed && exposed.Service == service) return exposed;
        problem = "The service has no such tool. list_available_tools names its tools.";
        return null;
    }
}
