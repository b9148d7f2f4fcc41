using System.Collections.Immutable;
using System.Text.Json;

namespace McpRegistry.Core.Catalog;

/// <summary>A list while its pages come in.</summary>
internal sealed class ListInParts(CatalogKind kind, string service)
{
    private readonly Dictionary<string, CatalogEntry> _entries = new(StringComparer.Ordinal);
    private readonly List<CatalogProblem> _problems = [];
    private readonly HashSet<string> _cursors = new(StringComparer.Ordinal);

    /// <summary>How many pages were begun.</summary>
    public int Pages => _cursors.Count + 1;

    public bool IsFull(int entries, bool inclusive = true) => inclusive ? _entries.Count >= entries : _entries.Count > entries;

    /// <summary>Goes on to the page behind a cursor; false when that was read already, and would be read for ever.</summary>
    public bool TryTurnTo(string cursor) => _cursors.Add(cursor);

    public void Take(CatalogListShape shape, JsonElement item)
    {
        if (shape.Read(service, item) is not { } entry)
        {
            Add(new CatalogProblem(kind, "?", "it is left out: its name is missing or cannot be used, or it is too large"));
            return;
        }

        if (_entries.TryAdd(entry.Name, entry) || JsonElement.DeepEquals(_entries[entry.Name].Definition, entry.Definition)) return;
        Add(new CatalogProblem(kind, entry.Name.Length <= 128 ? entry.Name : entry.Name[..128], "there is another one of this name before it, and it is left out"));
    }

    public void Add(CatalogProblem problem)
    {
        if (_problems.Count < CatalogListReading.MostProblems) _problems.Add(problem);
    }

    /// <summary>Notes something about the whole list.</summary>
    public void Note(string reason, bool isMended) => _problems.Insert(0, new CatalogProblem(kind, null, reason, isMended));

    /// <summary>It was read to its end.</summary>
    public CatalogListReading Read() => new(kind, [.. _entries.Values], Kept());

    /// <summary>It could not be read, or not to its end.</summary>
    public CatalogListReading Failed(string reason)
    {
        Note(reason, isMended: false);
        return new CatalogListReading(kind, [.. _entries.Values], Kept()) { Failure = reason };
    }

    private ImmutableArray<CatalogProblem> Kept() => [.. _problems.Take(CatalogListReading.MostProblems)];
}
