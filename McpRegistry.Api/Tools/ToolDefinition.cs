using System.ComponentModel;
using System.Text.Json;

using McpRegistry.Core.Catalog;

namespace McpRegistry.Api.Tools;

/// <summary>A tool, as its service published it.</summary>
internal sealed record ToolDefinition
{
    [Description("The name the service knows it by.")]
    public required string Name { get; init; }

    public required string Service { get; init; }

    [Description("The name in the merged list of /mcp.")]
    public required string ExposedName { get; init; }

    public string? Description { get; init; }

    public JsonElement? InputSchema { get; init; }

    public JsonElement? OutputSchema { get; init; }

    [Description("The tool's own hints, as its service published them.")]
    public JsonElement? Annotations { get; init; }

    public static ToolDefinition Of(CatalogEntry tool) => new()
    {
        Name = tool.Name,
        Service = tool.Service,
        ExposedName = tool.ExposedName,
        Description = tool.Description,
        InputSchema = MemberOf(tool, "inputSchema"),
        OutputSchema = MemberOf(tool, "outputSchema"),
        Annotations = MemberOf(tool, "annotations"),
    };

    private static JsonElement? MemberOf(CatalogEntry tool, string name) => tool.Definition.TryGetProperty(name, out var value) ? value : null;
}

/// <summary>Tools, and the services whose tools may be missing from the list.</summary>
/// <param name="Tools">By exposed name.</param>
/// <param name="Degraded">Services that may get no calls now.</param>
internal sealed record ToolListModel(IReadOnlyList<ToolDefinition> Tools, IReadOnlyList<string> Degraded);
