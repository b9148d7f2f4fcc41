using System.Collections.Immutable;
using System.Globalization;

namespace McpRegistry.Core.Catalog.Limits;

/// <summary>
/// Keeps a list of all services within its size. Each service gets as much as the others leave over when all are treated the same, so
/// that only those are cut that have most of it, and of these the largest definitions.
/// </summary>
internal static class MergedCut
{
    /// <summary>The parts that are listed, in the order of the parts; the very same where all fits.</summary>
    /// <param name="parts">The list of each service.</param>
    /// <param name="most">How many bytes all may take together.</param>
    /// <param name="cut">Hears of each part that lost something: which, and how many entries.</param>
    public static ImmutableArray<CatalogEntry>[] Within(ImmutableArray<CatalogEntry>[] parts, long most, Action<int, int> cut)
    {
        var sizes = Array.ConvertAll(parts, SizeOf);
        if (sizes.Sum() <= most) return parts;
        var level = LevelOf(sizes, most);
        var kept = parts.ToArray();
        for (var i = 0; i < parts.Length; i++)
        {
            if (sizes[i] <= level) continue;
            kept[i] = Smallest(parts[i], level);
            cut(i, parts[i].Length - kept[i].Length);
        }

        return kept;
    }

    /// <summary>What people are told of a service that was cut.</summary>
    public static CatalogProblem Problem(CatalogKind kind, string service, int count, long most) => new(
        kind,
        null,
        string.Create(CultureInfo.InvariantCulture, $"The {CatalogKindNames.Words(kind)} of all services together take more than {SizeWords.Of(most)}, and this one has most of them: {count} are left out of /mcp, and stand in /mcp/{service}."));

    // How much each may have: what is not used by those that have less is shared by the others.
    private static long LevelOf(long[] sizes, long most)
    {
        var left = most;
        var ascending = sizes.Order().ToArray();
        for (var i = 0; i < ascending.Length; i++)
        {
            var share = left / (ascending.Length - i);
            if (ascending[i] > share) return share;
            left -= ascending[i];
        }

        return long.MaxValue;
    }

    private static ImmutableArray<CatalogEntry> Smallest(ImmutableArray<CatalogEntry> entries, long most)
    {
        var taken = 0L;
        var kept = new HashSet<CatalogEntry>();
        foreach (var entry in entries.OrderBy(one => one.Size))
        {
            taken += entry.Size;
            if (taken > most) break;
            kept.Add(entry);
        }

        return [.. entries.Where(kept.Contains)];
    }

    private static long SizeOf(ImmutableArray<CatalogEntry> entries)
    {
        var size = 0L;
        foreach (var entry in entries) size += entry.Size;
        return size;
    }
}
