using System.Collections.Immutable;
using System.Globalization;
using System.Text.Json;

using McpRegistry.Core.Catalog.Definitions;
using McpRegistry.Core.Catalog.Limits;

namespace McpRegistry.Core.Catalog;

/// <summary>A list while its pages come in. It never holds more than is taken in the end, whatever comes.</summary>
internal sealed class ListInParts(CatalogKind kind, string service, CatalogOptions limits)
{
    private readonly int _most = limits.MostOf(kind);
    private readonly Dictionary<string, CatalogEntry> _entries = new(StringComparer.Ordinal);
    private readonly PriorityQueue<CatalogEntry, (long Size, int Place)> _largest = new();
    private readonly List<CatalogProblem> _problems = [];
    private readonly HashSet<string> _cursors = new(StringComparer.Ordinal);
    private long _bytes;
    private int _seen;

    /// <summary>How many pages were begun.</summary>
    public int Pages => _cursors.Count + 1;

    /// <summary>Why it is not read any further, in words of our own. Null: it may go on.</summary>
    public string? End { get; private set; }

    /// <summary>Goes on to the page behind a cursor; false when that was read already, and would be read for ever.</summary>
    public bool TryTurnTo(string cursor) => _cursors.Add(cursor);

    /// <summary>Takes an item as it stands in a page. False: it takes no more.</summary>
    public bool Take(CatalogListShape shape, ReadOnlySpan<byte> item)
    {
        // Items that are left out cost a look as well.
        if (++_seen > 2L * _most) return Ends();
        var (entry, problem) = shape.Read(service, item);
        if (entry is null)
        {
            if (problem is not null) Add(problem);
            return true;
        }

        if (_entries.TryGetValue(entry.Name, out var known))
        {
            // The same once more takes nothing from anybody.
            if (!JsonElement.DeepEquals(known.Definition, entry.Definition)) Add(new CatalogProblem(kind, ItemLabel.Of(entry.Name), "Another one of this name stands before it."));
            return true;
        }

        if (_entries.Count >= _most) return Ends();
        _entries.Add(entry.Name, entry);
        // The largest comes out first, of two that are as large the later one.
        _largest.Enqueue(entry, (-entry.Size, -_seen));
        _bytes += entry.Size;
        if (problem is not null) Add(problem);
        while (_bytes > limits.MaxListBytes) DropLargest();
        return true;
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
    /// <param name="what">That there is too much of, such as "more than 100 pages".</param>
    public CatalogListReading CutAt(string what) => EndsEarly($"it has {what}, and what stands before those is listed");

    /// <summary>It goes on where nobody can follow: what came before is listed, and no further try would bring more.</summary>
    public CatalogListReading EndsEarly(string reason)
    {
        Note(reason, isMended: false);
        return new CatalogListReading(kind, [.. _entries.Values], Kept());
    }

    /// <summary>It could not be read, or not to its end.</summary>
    public CatalogListReading Failed(string reason)
    {
        Note(reason, isMended: false);
        return new CatalogListReading(kind, [.. _entries.Values], Kept()) { Failure = reason };
    }

    private bool Ends()
    {
        End = string.Create(CultureInfo.InvariantCulture, $"more than {_most} entries");
        return false;
    }

    private void DropLargest()
    {
        var largest = _largest.Dequeue();
        _entries.Remove(largest.Name);
        _bytes -= largest.Size;
        Add(new CatalogProblem(kind, ItemLabel.Of(largest.Name), $"The list is larger than {SizeWords.Of(limits.MaxListBytes)}, and this is one of the largest in it."));
    }

    private ImmutableArray<CatalogProblem> Kept()
    {
        foreach (var name in _entries.Keys)
        {
            if (kind is CatalogKind.Tool or CatalogKind.Prompt && LookAlikes.LatinLook(name) is { } look && _entries.ContainsKey(look))
                Add(new CatalogProblem(kind, ItemLabel.Of(name), "Its name looks like that of another one in the list, in letters of another script.", IsMended: true));
        }

        return [.. _problems.Take(CatalogListReading.MostProblems)];
    }
}
