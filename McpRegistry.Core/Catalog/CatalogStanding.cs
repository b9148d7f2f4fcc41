using System.Globalization;

namespace McpRegistry.Core.Catalog;

/// <summary>Says in one sentence what is missing of a service's lists.</summary>
internal static class CatalogStanding
{
    /// <summary>
    /// The sentence; it holds nothing the upstream sent. Null: nothing is missing.
    /// <code>
    ///   2 tools are left out; the prompts could not be read: it answered an error (-32603).
    /// </code>
    /// </summary>
    public static string? Of(ServiceCatalog catalog)
    {
        if (catalog.Unread.IsEmpty && catalog.Problems.IsEmpty) return null;
        var parts = CatalogKindNames.All.SelectMany(kind => PartsOf(catalog, kind)).ToList();
        if (catalog.Unread.Length == CatalogKindNames.All.Length) parts.Add("its lists are still being read");
        else if (!catalog.Unread.IsEmpty) parts.Add($"its {string.Join(", ", catalog.Unread.Select(kind => CatalogKindNames.Words(kind)))} are still being read");
        if (parts.Count == 0) return null;
        var text = string.Join("; ", parts);
        return $"{char.ToUpperInvariant(text[0])}{text[1..]}.";
    }

    private static IEnumerable<string> PartsOf(ServiceCatalog catalog, CatalogKind kind)
    {
        var missing = catalog.Problems.Where(one => one.List == kind && !one.IsMended).ToArray();
        var count = missing.Count(one => one.Item is not null);
        if (count > 0)
        {
            // Not more problems than these are kept, so there may have been more.
            var atLeast = missing.Length == CatalogListReading.MostProblems ? "at least " : "";
            yield return string.Create(CultureInfo.InvariantCulture, $"{atLeast}{count} {CatalogKindNames.Words(kind, count)} {(count == 1 ? "is" : "are")} left out");
        }

        if (missing.FirstOrDefault(one => one.Item is null) is { } list) yield return $"the {CatalogKindNames.Words(kind)} could not be read: {list.Reason}";
    }
}
