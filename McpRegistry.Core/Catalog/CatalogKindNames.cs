namespace McpRegistry.Core.Catalog;

/// <summary>What the kinds of entries are called.</summary>
internal static class CatalogKindNames
{
    public static readonly CatalogKind[] All = [CatalogKind.Tool, CatalogKind.Prompt, CatalogKind.Resource, CatalogKind.ResourceTemplate];

    /// <summary>For people: one of them or several.</summary>
    public static string Words(CatalogKind kind, int count = 2) => (kind, count == 1) switch
    {
        (CatalogKind.Tool, true) => "tool",
        (CatalogKind.Tool, false) => "tools",
        (CatalogKind.Prompt, true) => "prompt",
        (CatalogKind.Prompt, false) => "prompts",
        (CatalogKind.Resource, true) => "resource",
        (CatalogKind.Resource, false) => "resources",
        (_, true) => "resource template",
        (_, false) => "resource templates",
    };
}
