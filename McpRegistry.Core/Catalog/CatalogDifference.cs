using System.Collections.Immutable;
using System.Text.Json;

using McpRegistry.Core.State;

namespace McpRegistry.Core.Catalog;

/// <summary>Which lists of two catalogs differ, by content.</summary>
internal static class CatalogDifference
{
    public static CatalogLists Between(ServiceCatalog before, ServiceCatalog after)
    {
        var lists = CatalogLists.None;
        if (!Same(before.Tools, after.Tools)) lists |= CatalogLists.Tools;
        if (!Same(before.Prompts, after.Prompts)) lists |= CatalogLists.Prompts;
        if (!Same(before.Resources, after.Resources) || !Same(before.ResourceTemplates, after.ResourceTemplates)) lists |= CatalogLists.Resources;
        return lists;
    }

    private static bool Same(ImmutableArray<CatalogEntry> one, ImmutableArray<CatalogEntry> other)
    {
        if (one == other) return true;
        if (one.Length != other.Length) return false;
        for (var i = 0; i < one.Length; i++)
            if (one[i].Name != other[i].Name || !JsonElement.DeepEquals(one[i].Definition, other[i].Definition)) return false;
        return true;
    }
}
