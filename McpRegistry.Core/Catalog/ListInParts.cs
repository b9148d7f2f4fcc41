using System.Collections.Immutable;
using System.Globalization;
using System.Text.Json;

using McpRegistry.Core.Catalog.Definitions;

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
        var (entry, problem) = shape.Read(service, item);
        if (entry is null)
        {
            if (problem is not null) Add(problem);
            return;
        }

        if (_entries.TryAdd(entry.Name, entry))
        {
            if (problem is not null) Add(problem);
            return;
        }

        // The same once more takes nothing from anybody.
        if (JsonElement.DeepEquals(_entries[entry.Name].Definition, entry.Definition)) return;
        Add(new CatalogProblem(kind, ItemLabel.Of(entry.Name), "Another one of this name stands before it."));
    }

    public void Add(CatalogProblem problem)
    {
        if (_problems.Count < CatalogListReading.MostProblems) _problems.Add(problem);
    }

    /// <summary>Notes something about the whole list.</summary>
    public void Note(string reason, bool isMended) => _problems.Insert(0, new CatalogProblem(kind, null, reason, isMended));

    /// <summary>It was read to its end.</summary>
    public CatalogListReading Read() => new(kind, [.. _entries.Values], Kept());

    /// <summary>It is longer than is taken: what came before is listed, and no further try would bring more.</summary>
    public CatalogListReading CutAt(int most, string what) =>
        EndsEarly(string.Create(CultureInfo.InvariantCulture, $"it has more than {most} {what}, and what stands before those is listed"));

    /// <summary>It goes on where nobody can follow: what came before is listed, and no further try would bring more.</summary>
    public CatalogListReading EndsEarly(string reason)
    {
        Note(reason, isMended: false);
        return new CatalogListReading(kind, [.. _entries.Values.Take(CatalogReader.MaxEntries)], Kept());
    }

    /// <summary>It could not be read, or not to its end.</summary>
    public CatalogListReading Failed(string reason)
    {
        Note(reason, isMended: false);
        return new CatalogListReading(kind, [.. _entries.Values], Kept()) { Failure = reason };
    }

    private ImmutableArray<CatalogProblem> Kept() => [.. _problems.Take(CatalogListReading.MostProblems)];
}
