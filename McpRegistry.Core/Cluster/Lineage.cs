using System.Globalization;

namespace McpRegistry.Core.Cluster;

/// <summary>
/// Says which data include which. Versions of two generations cannot be compared: after a store was emptied each process may have put
/// its own back. So a generation names the positions it was made from: <c>id=version,id=version</c>, the newest first.
/// </summary>
internal static class Lineage
{
    // Each is one loss of the store; nobody still knows what was there sixteen losses ago.
    private const int MostAncestors = 16;

    /// <summary>True when everything that <paramref name="known"/> stands for went into <paramref name="data"/>; it may have been changed or removed there since.</summary>
    public static bool Includes(SharedPosition data, SharedPosition known) =>
        AncestorsOf(data).Any(one => one.Id == known.GenerationId && one.Version >= known.Version);

    /// <summary>What a generation covers that is made of these data.</summary>
    public static string Of(params IEnumerable<SharedPosition> sources) => string.Join(',', sources
        .SelectMany(AncestorsOf)
        .GroupBy(one => one.Id, StringComparer.Ordinal)
        .Select(versions => string.Create(CultureInfo.InvariantCulture, $"{versions.Key}={versions.Max(one => one.Version)}"))
        .Take(MostAncestors));

    private static IEnumerable<(string Id, long Version)> AncestorsOf(SharedPosition position)
    {
        yield return (position.GenerationId, position.Version);
        foreach (var ancestor in position.Covers.Split(',', StringSplitOptions.RemoveEmptyEntries))
        {
            var parts = ancestor.Split('=');
            if (parts.Length == 2 && long.TryParse(parts[1], NumberStyles.None, CultureInfo.InvariantCulture, out var version)) yield return (parts[0], version);
        }
    }
}
