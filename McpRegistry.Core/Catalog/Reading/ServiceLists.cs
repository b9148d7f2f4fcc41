using System.Collections.Immutable;

using McpRegistry.Core.State;

namespace McpRegistry.Core.Catalog.Reading;

/// <summary>The lists of one service, each read in a turn of its own: one that hangs holds no other back.</summary>
internal sealed class ServiceLists
{
    private readonly CancellationTokenSource _end;
    private readonly ImmutableArray<ListTurn> _turns;

    /// <summary>Makes them.</summary>
    /// <param name="read">Reads one of them.</param>
    /// <param name="isUnread">Whether one was never tried.</param>
    /// <param name="time">The clock.</param>
    /// <param name="stopping">Ends all reading.</param>
    public ServiceLists(Func<CatalogKind, CancellationToken, Task<ReadingResult>> read, Func<CatalogKind, bool> isUnread, TimeProvider time, CancellationToken stopping)
    {
        _end = CancellationTokenSource.CreateLinkedTokenSource(stopping);
        _turns = [.. CatalogKindNames.All.Select(kind => new ListTurn(token => read(kind, token), () => isUnread(kind), time, _end.Token))];
    }

    public void Request(ReadingWish wish, CatalogLists lists)
    {
        foreach (var kind in CatalogKindNames.All)
            if (lists.HasFlag(ListsOf(kind))) _turns[(int)kind].Request(wish);
    }

    /// <summary>Reads all of them; true when each could be read.</summary>
    public async Task<bool> ReadAsync()
    {
        var all = await Task.WhenAll(_turns.Select(one => one.ReadAsync()));
        return all.All(read => read);
    }

    /// <summary>The service is gone. Only cancelled: a reading that is under way still looks at the token.</summary>
    public void End() => _end.Cancel();

    private static CatalogLists ListsOf(CatalogKind kind) => kind switch
    {
        CatalogKind.Tool => CatalogLists.Tools,
        CatalogKind.Prompt => CatalogLists.Prompts,
        _ => CatalogLists.Resources,
    };
}
