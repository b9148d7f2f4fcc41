using System.Collections.Immutable;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using System.Text.Json;

using McpRegistry.Core.Catalog;

namespace McpRegistry.Mcp.OwnTools;

/// <summary>Full-text search (BM25) over the tools of one snapshot: names, descriptions and the names of their parameters.</summary>
internal sealed class ToolIndex
{
    // The customary values of BM25; a name says more of a tool than a sentence about it.
    private const double Saturation = 1.2;
    private const double LengthWeight = 0.75;
    private const int NameWeight = 3;

    // By the list itself: it stays when a service goes away or comes back.
    private static readonly ConditionalWeakTable<CatalogEntry[], ToolIndex> Known = [];

    private readonly ImmutableArray<CatalogEntry> _tools;
    private readonly Dictionary<string, List<(int Tool, int Count)>> _postings = new(StringComparer.Ordinal);
    private readonly int[] _lengths;
    private readonly double _averageLength;

    private ToolIndex(ImmutableArray<CatalogEntry> tools)
    {
        _tools = tools;
        _lengths = new int[_tools.Length];
        for (var i = 0; i < _tools.Length; i++) Add(i);
        _averageLength = _lengths.Length == 0 ? 1 : Math.Max(1, _lengths.Average());
    }

    /// <summary>The index of a snapshot's tools, built when it is first asked.</summary>
    public static ToolIndex Of(CatalogSnapshot catalog) =>
        Known.GetValue(ImmutableCollectionsMarshal.AsArray(catalog.Tools)!, tools => new ToolIndex(ImmutableCollectionsMarshal.AsImmutableArray(tools)));

    /// <summary>The tools that fit, best first; those that fit equally well by name.</summary>
    public IReadOnlyList<CatalogEntry> Search(string query, int limit)
    {
        var scores = new Dictionary<int, double>();
        foreach (var word in Words.Of(query).Distinct(StringComparer.Ordinal))
        {
            if (!_postings.TryGetValue(word, out var postings)) continue;
            var rarity = Math.Log(1 + ((_tools.Length - postings.Count + 0.5) / (postings.Count + 0.5)));
            foreach (var (tool, count) in postings)
            {
                var length = 1 - LengthWeight + (LengthWeight * _lengths[tool] / _averageLength);
                scores[tool] = scores.GetValueOrDefault(tool) + (rarity * count * (Saturation + 1) / (count + (Saturation * length)));
            }
        }
        return [.. scores.OrderByDescending(one => one.Value).ThenBy(one => one.Key).Take(limit).Select(one => _tools[one.Key])];
    }

    private void Add(int index)
    {
        var tool = _tools[index];
        var counts = new Dictionary<string, int>(StringComparer.Ordinal);
        Count(tool.ExposedName, NameWeight);
        if (tool.Description is { } description) Count(description, 1);
        foreach (var parameter in ParametersOf(tool.Definition)) Count(parameter, 1);
        foreach (var (word, count) in counts)
        {
            _lengths[index] += count;
            if (!_postings.TryGetValue(word, out var postings)) _postings[word] = postings = [];
            postings.Add((index, count));
        }

        void Count(string text, int weight)
        {
            foreach (var word in Words.Of(text)) counts[word] = counts.GetValueOrDefault(word) + weight;
        }
    }

    private static IEnumerable<string> ParametersOf(JsonElement tool) =>
        tool.TryGetProperty("inputSchema", out var schema) && schema.ValueKind == JsonValueKind.Object
        && schema.TryGetProperty("properties", out var properties) && properties.ValueKind == JsonValueKind.Object
            ? properties.EnumerateObject().Select(one => one.Name)
            : [];
}
