using System.Collections.Immutable;
using System.Runtime.CompilerServices;

using McpRegistry.Core.Catalog.Ownership;

namespace McpRegistry.Core.Catalog;

/// <summary>What one service offers, each list sorted by name.</summary>
public sealed record ServiceCatalog
{
    // Not a field: a copy made by "with" would carry the view of its original.
    private static readonly ConditionalWeakTable<ServiceCatalog, CatalogSnapshot> Views = [];
    private static readonly Comparer<CatalogEntry> ByName = Comparer<CatalogEntry>.Create((one, other) => string.CompareOrdinal(one.Name, other.Name));

    /// <summary>Nothing known yet.</summary>
    public static ServiceCatalog Empty { get; } = new() { Unread = [.. CatalogKindNames.All] };

    /// <summary>Its tools.</summary>
    public ImmutableArray<CatalogEntry> Tools { get; init => field = Sorted(value); } = [];

    /// <summary>Its prompts.</summary>
    public ImmutableArray<CatalogEntry> Prompts { get; init => field = Sorted(value); } = [];

    /// <summary>Its resources.</summary>
    public ImmutableArray<CatalogEntry> Resources { get; init => field = Sorted(value); } = [];

    /// <summary>Its resource templates.</summary>
    public ImmutableArray<CatalogEntry> ResourceTemplates { get; init => field = Sorted(value); } = [];

    /// <summary>What it tells models about itself, if anything.</summary>
    public string? Instructions { get; init; }

    /// <summary>True when it offers <c>completion/complete</c>.</summary>
    public bool HasCompletions { get; init; }

    /// <summary>True when it offers <c>logging/setLevel</c> (legacy) or log messages (modern).</summary>
    public bool HasLogging { get; init; }

    /// <summary>The places of URIs that it listed, and since when.</summary>
    internal UriClaims Claims { get; init; } = UriClaims.None;

    /// <summary>What of its lists could not be taken as it was, in the order of the lists; of each list at most <see cref="CatalogListReading.MostProblems"/>.</summary>
    public ImmutableArray<CatalogProblem> Problems { get; init; } = [];

    /// <summary>The lists that nobody has tried to read since the start or since the registration became another: what stands in them is of an earlier time.</summary>
    public ImmutableArray<CatalogKind> Unread { get; init; } = [];

    /// <summary>True when each list was read to its end.</summary>
    public bool IsWhole => CatalogKindNames.All.All(IsRead);

    /// <summary>True when it offers something, none of which was read since the start.</summary>
    internal bool IsOfEarlierTime => Unread.Length == CatalogKindNames.All.Length && !(Tools.IsEmpty && Prompts.IsEmpty && Resources.IsEmpty && ResourceTemplates.IsEmpty);

    /// <summary>The routes of this service alone, by original name: what <c>/mcp/{service}</c> shows.</summary>
    public CatalogSnapshot OwnView => Views.TryGetValue(this, out var view) ? view : Views.GetValue(this, CatalogSnapshot.Of);

    /// <summary>True when this list was read to its end at the last attempt.</summary>
    public bool IsRead(CatalogKind kind) => !Unread.Contains(kind) && !Problems.Any(one => one.List == kind && one is { Item: null, IsMended: false });

    /// <summary>True when clients see the same of both.</summary>
    internal bool ShowsTheSameAs(ServiceCatalog other) =>
        Tools == other.Tools && Prompts == other.Prompts && Resources == other.Resources && ResourceTemplates == other.ResourceTemplates
        && Instructions == other.Instructions && HasCompletions == other.HasCompletions && HasLogging == other.HasLogging;

    /// <summary>One of its lists.</summary>
    internal ImmutableArray<CatalogEntry> Of(CatalogKind kind) => kind switch
    {
        CatalogKind.Tool => Tools,
        CatalogKind.Prompt => Prompts,
        CatalogKind.Resource => Resources,
        _ => ResourceTemplates,
    };

    /// <summary>The same when what its resources and templates claim is claimed from now on.</summary>
    internal ServiceCatalog Claiming(long now)
    {
        var claims = Claims.With(Resources.Concat(ResourceTemplates), now);
        return claims == Claims ? this : this with { Claims = claims };
    }

    /// <summary>The same with another list, found to have these problems.</summary>
    internal ServiceCatalog With(CatalogKind kind, ImmutableArray<CatalogEntry> entries, ImmutableArray<CatalogProblem> problems)
    {
        ImmutableArray<CatalogProblem> all = [.. Problems.Where(one => one.List != kind).Concat(problems).OrderBy(one => one.List)];
        var read = this with
        {
            // What has not changed stays the same object, so that two catalogs can be compared at a glance.
            Problems = all.SequenceEqual(Problems) ? Problems : all,
            Unread = Unread.Contains(kind) ? Unread.Remove(kind) : Unread,
        };
        return kind switch
        {
            CatalogKind.Tool => read with { Tools = entries },
            CatalogKind.Prompt => read with { Prompts = entries },
            CatalogKind.Resource => read with { Resources = entries },
            _ => read with { ResourceTemplates = entries },
        };
    }

    // Whoever merges a thousand of them relies on it.
    private static ImmutableArray<CatalogEntry> Sorted(ImmutableArray<CatalogEntry> entries) => entries.Sort(ByName);
}
