using System.Collections.Immutable;

using McpRegistry.Core.Catalog.Definitions;

namespace McpRegistry.Core.Catalog;

/// <summary>What of single services is not shown where all are shown as one, and why.</summary>
internal sealed class Withheld
{
    private readonly Dictionary<string, List<CatalogProblem>> _problems = new(StringComparer.Ordinal);
    private readonly SortedSet<string> _cut = new(StringComparer.Ordinal);

    /// <summary>The services of which something is missing that no other service shows, by name.</summary>
    public IReadOnlyCollection<string> Cut => _cut;

    /// <summary>What is withheld of one service.</summary>
    public ImmutableArray<CatalogProblem> Of(string service) => _problems.TryGetValue(service, out var problems) ? [.. problems] : [];

    /// <summary>A list of it was cut.</summary>
    public void AddCut(string service, CatalogProblem problem)
    {
        _cut.Add(service);
        Add(service, problem);
    }

    /// <summary>An entry of it lies where another service was first.</summary>
    public void AddConflict(CatalogEntry entry, string owner) => Add(
        entry.Service,
        new CatalogProblem(entry.Kind, ItemLabel.Of(entry.Name), $"It is left out of /mcp: what it claims belongs to the service {owner}, which had it first. It stands in /mcp/{entry.Service}."));

    private void Add(string service, CatalogProblem problem)
    {
        if (!_problems.TryGetValue(service, out var problems)) _problems[service] = problems = [];
        if (problems.Count < CatalogListReading.MostProblems) problems.Add(problem);
    }
}
