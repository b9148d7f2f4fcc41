using System.Collections.Concurrent;

using McpRegistry.Core.State;

using Microsoft.Extensions.Logging;

namespace McpRegistry.Core.Catalog;

/// <summary>Reads catalogs when asked to, one read at a time for each service; requests that come meanwhile make one more.</summary>
internal sealed partial class CatalogRefresher(RegistryState state, CatalogReader reader, TimeProvider time, ILogger<CatalogRefresher> logger) : ICatalogRefresher, IDisposable
{
    // Servers announce a reload as several notifications in a row.
    private static readonly TimeSpan Debounce = TimeSpan.FromMilliseconds(250);

    // When a thousand services come up at once, reading all of them at once would leave no time for anything else. A place is
    // for the begin of a read: services that hang must not delay the others.
    private const int MostPlaces = 16;
    private static readonly TimeSpan PlaceTime = TimeSpan.FromSeconds(1);

    private readonly SemaphoreSlim _places = new(MostPlaces, MostPlaces);
    private readonly ConcurrentDictionary<string, Turn> _turns = new(StringComparer.Ordinal);
    private readonly CancellationTokenSource _stopping = new();

    public void RequestRefresh(string service)
    {
        var turn = _turns.GetOrAdd(service, _ => new Turn());
        if (turn.TryRequest()) _ = RefreshSoonAsync(service, turn);
    }

    public async Task<bool> RefreshAsync(string service, CancellationToken cancellationToken)
    {
        var turn = _turns.GetOrAdd(service, _ => new Turn());
        await turn.Reading.WaitAsync(cancellationToken);
        try
        {
            await _places.WaitAsync(cancellationToken);
            var reading = ReadAsync(service, cancellationToken);
            _ = GiveBackPlaceAsync(reading);
            return await reading;
        }
        finally { turn.Reading.Release(); }
    }

    private async Task GiveBackPlaceAsync(Task reading)
    {
        await Task.WhenAny(reading, Task.Delay(PlaceTime, time, CancellationToken.None));
        _places.Release();
    }

    // Only cancelled: a refresh that is under way still looks at the token.
    public void Dispose() => _stopping.Cancel();

    private async Task RefreshSoonAsync(string service, Turn turn)
    {
        try
        {
            // The first read of a service is wanted at once; a later one waits for the burst to end.
            if (!ReferenceEquals(CatalogOf(service), ServiceCatalog.Empty)) await Task.Delay(Debounce, time, _stopping.Token);
            turn.Begin();
            await RefreshAsync(service, _stopping.Token);
        }
        catch (OperationCanceledException) when (_stopping.IsCancellationRequested) { }
        catch (Exception e) { LogRefreshFailed(logger, e, service); }
    }

    private async Task<bool> ReadAsync(string service, CancellationToken cancellationToken)
    {
        if (!state.Current.Services.TryGetValue(service, out var snapshot)) return false;
        foreach (var instance in snapshot.Instances.OrderBy(one => one.IsAvailable ? 0 : 1))
        {
            if (await reader.ReadAsync(instance, snapshot.Catalog, cancellationToken) is not { } read) continue;
            Publish(service, read);
            return true;
        }
        return false;
    }

    private void Publish(string service, ServiceCatalog read)
    {
        var lists = CatalogLists.None;
        state.Update(
            service,
            before =>
            {
                if (before is null) return null;
                lists = CatalogDifference.Between(before.Catalog, read);
                return lists == CatalogLists.None && !ReferenceEquals(before.Catalog, ServiceCatalog.Empty) ? before : before with { Catalog = read };
            },
            (_, after) => new RegistryChange(RegistryChangeKind.CatalogChanged, service, 0, lists));
        if (lists != CatalogLists.None) LogCatalogChanged(logger, service, read.Tools.Length, read.Prompts.Length, read.Resources.Length);
    }

    private ServiceCatalog? CatalogOf(string service) => state.Current.Services.GetValueOrDefault(service)?.Catalog;

    private sealed class Turn
    {
        private int _requested;

        public SemaphoreSlim Reading { get; } = new(1, 1);

        public bool TryRequest() => Interlocked.Exchange(ref _requested, 1) == 0;

        public void Begin() => Volatile.Write(ref _requested, 0);
    }

    [LoggerMessage(1, LogLevel.Error, "Reading the catalog of {Service} failed", EventName = "RefreshFailed")]
    private static partial void LogRefreshFailed(ILogger logger, Exception exception, string service);

    [LoggerMessage(2, LogLevel.Information, "{Service} offers {Tools} tools, {Prompts} prompts, {Resources} resources", EventName = "CatalogChanged")]
    private static partial void LogCatalogChanged(ILogger logger, string service, int tools, int prompts, int resources);
}
