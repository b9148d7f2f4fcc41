using System.Collections.Concurrent;
using System.Collections.Immutable;

using McpRegistry.Core.Catalog.Reading;
using McpRegistry.Core.State;
using McpRegistry.Core.Upstream;

using Microsoft.Extensions.Logging;

namespace McpRegistry.Core.Catalog;

/// <summary>Reads the lists of services when asked to, each list by itself, and publishes each as soon as it is read.</summary>
internal sealed partial class CatalogRefresher : ICatalogRefresher, IDisposable
{
    // When a thousand services come up at once, reading all of them at once would leave no time for anything else. A place is
    // for the begin of a read: services that hang must not delay the others.
    private const int MostPlaces = 16;
    private const int MostTold = 5;
    private static readonly TimeSpan PlaceTime = TimeSpan.FromSeconds(1);

    // Services that come up together with the gateway are read in any order; what they claim at first they claim at the same time.
    private static readonly TimeSpan Start = TimeSpan.FromMinutes(1);

    private readonly SemaphoreSlim _places = new(MostPlaces, MostPlaces);
    private readonly ConcurrentDictionary<string, ServiceLists> _services = new(StringComparer.Ordinal);
    private readonly CancellationTokenSource _stopping = new();
    private readonly IDisposable _subscription;
    private readonly RegistryState _state;
    private readonly CatalogReader _reader;
    private readonly TimeProvider _time;
    private readonly ILogger<CatalogRefresher> _logger;
    private readonly DateTimeOffset _started;

    public CatalogRefresher(RegistryState state, CatalogReader reader, TimeProvider time, ILogger<CatalogRefresher> logger)
    {
        (_state, _reader, _time, _logger) = (state, reader, time, logger);
        _started = time.GetUtcNow();
        _subscription = state.Subscribe(change =>
        {
            if (change.Kind == RegistryChangeKind.ServiceRemoved && _services.TryRemove(change.Service, out var gone)) gone.End();
        });
    }

    public void RequestRefresh(string service) => ListsOf(service)?.Request(ReadingWish.Soon, AllLists);

    public void NoteChanged(string service, CatalogLists lists) => ListsOf(service)?.Request(ReadingWish.Changed, lists);

    public Task<bool> RefreshAsync(string service, CancellationToken cancellationToken) =>
        ListsOf(service)?.ReadAsync().WaitAsync(cancellationToken) ?? Task.FromResult(false);

    // Only cancelled: a reading that is under way still looks at the token.
    public void Dispose()
    {
        _subscription.Dispose();
        _stopping.Cancel();
    }

    private ServiceLists? ListsOf(string service)
    {
        if (CatalogOf(service) is null) return null;
        return _services.GetOrAdd(service, name => new ServiceLists(
            (kind, end) => ReadAsync(name, kind, end), kind => CatalogOf(name)?.Unread.Contains(kind) == true, _time, _stopping.Token));
    }

    private async Task<ReadingResult> ReadAsync(string service, CatalogKind kind, CancellationToken end)
    {
        try
        {
            if (!_state.Current.Services.TryGetValue(service, out var snapshot)) return ReadingResult.Away;
            if (IsReadWithAnother(snapshot, kind)) return new ReadingResult(ReadingEnd.Read, WasRead: true, WasNews: false);
            await _places.WaitAsync(end);
            var reading = ReadAsync(snapshot, kind, end);
            _ = GiveBackPlaceAsync(reading);
            return await reading;
        }
        catch (Exception e) when (!end.IsCancellationRequested)
        {
            LogRefreshFailed(e, service, CatalogKindNames.Words(kind));
            return new ReadingResult(ReadingEnd.TryAgain, WasRead: false, WasNews: false);
        }
    }

    private async Task GiveBackPlaceAsync(Task reading)
    {
        await Task.WhenAny(reading, Task.Delay(PlaceTime, _time, CancellationToken.None));
        _places.Release();
    }

    private async Task<ReadingResult> ReadAsync(ServiceSnapshot service, CatalogKind kind, CancellationToken end)
    {
        var limits = LimitsOf(service, kind);
        (InstanceState Instance, CatalogListReading Reading)? failed = null;
        foreach (var instance in ConnectedOf(service))
        {
            var reading = await _reader.ReadAsync(instance, kind, limits, end);
            if (reading.Failure is null)
            {
                var isNews = Publish(service.Name, instance, reading);
                return new ReadingResult(reading.IsDoubtful ? ReadingEnd.TryAgain : ReadingEnd.Read, WasRead: true, isNews);
            }

            // Of one that is away nothing is said: what is known of its lists may well be as it is.
            if (instance.IsAvailable) failed ??= (instance, reading);
        }

        if (failed is not { } told) return ReadingResult.Away;
        return new ReadingResult(ReadingEnd.TryAgain, WasRead: false, Publish(service.Name, told.Instance, told.Reading));
    }

    private static IEnumerable<InstanceState> ConnectedOf(ServiceSnapshot service) =>
        service.Instances.Where(one => one.Client.Connection is not null).OrderBy(one => one.IsAvailable ? 0 : 1);

    // Most services have tools alone. That they have no prompts is published together with their tools, not by a snapshot of its own.
    private static bool IsReadWithAnother(ServiceSnapshot service, CatalogKind kind)
    {
        if (ConnectedOf(service).FirstOrDefault()?.Client.Connection is not { } connection || Offers(connection, kind)) return false;
        return service.Catalog.Of(kind).IsEmpty && service.Catalog.Problems.All(one => one.List != kind)
            && (!service.Catalog.Unread.Contains(kind) || service.Catalog.Unread.Any(other => Offers(connection, other)));
    }

    private static bool Offers(InstanceConnection connection, CatalogKind kind) => connection.Has(CatalogListShape.Of(kind).Capability);

    // A server that takes its time to start may take it at the first list.
    private static ListLimits LimitsOf(ServiceSnapshot service, CatalogKind kind)
    {
        var timeouts = service.Registration.Config.Timeouts;
        var page = service.Catalog.Of(kind).IsEmpty && timeouts.Startup > timeouts.Idle ? timeouts.Startup : timeouts.Idle;
        return new ListLimits(page, timeouts.Call > page ? timeouts.Call : page);
    }

    /// <returns>Whether something is another than before.</returns>
    private bool Publish(string service, InstanceState instance, CatalogListReading reading)
    {
        if (instance.Client.Connection is not { } connection) return false;
        ServiceCatalog? was = null;
        ServiceCatalog? now = null;
        var lists = CatalogLists.None;
        _state.Update(
            service,
            before =>
            {
                (was, now) = (null, null);
                // The registration may have become another while its list was read.
                if (before is null || !before.Instances.Contains(instance)) return before;
                (var catalog, lists) = Merge(before.Catalog, connection, reading);
                if (catalog == before.Catalog) return before;
                (was, now) = (before.Catalog, catalog);
                return before with { Catalog = catalog };
            },
            (_, _) => new RegistryChange(RegistryChangeKind.CatalogChanged, service, 0, lists));
        if (was is null || now is null) return false;
        // Its lists come one after the other; what it offers is known with the last of them.
        if (now.Unread.IsEmpty && (lists != CatalogLists.None || !was.Unread.IsEmpty)) LogCatalogChanged(service, now.Tools.Length, now.Prompts.Length, now.Resources.Length);
        TellProblems(service, reading.Kind, was, now);
        _state.RefreshCondition(service);
        return true;
    }

    private long ClaimTime(bool isFirst)
    {
        var now = _time.GetUtcNow();
        return (isFirst && now - _started < Start ? _started : now).ToUnixTimeMilliseconds();
    }

    private (ServiceCatalog Catalog, CatalogLists Lists) Merge(ServiceCatalog before, InstanceConnection connection, CatalogListReading reading)
    {
        var known = before.Of(reading.Kind);
        // What was known of a list that cannot be read stays.
        var entries = reading.Failure is not null && !known.IsEmpty ? known : reading.Entries;
        var after = before.With(reading.Kind, entries, reading.Problems);
        var lists = CatalogDifference.Between(before, after);
        if (lists == CatalogLists.None) after = before.With(reading.Kind, known, reading.Problems);
        foreach (var absent in after.Unread.Where(kind => !Offers(connection, kind) && after.Of(kind).IsEmpty)) after = after.With(absent, [], []);
        if (reading.Kind is CatalogKind.Resource or CatalogKind.ResourceTemplate && lists != CatalogLists.None) after = after.Claiming(ClaimTime(isFirst: before.Unread.Contains(reading.Kind)));
        return (after with { Instructions = connection.Instructions, HasCompletions = connection.Has("completions"), HasLogging = connection.Has("logging") }, lists);
    }

    private void TellProblems(string service, CatalogKind kind, ServiceCatalog was, ServiceCatalog now)
    {
        var (before, after) = (ProblemsOf(was, kind), ProblemsOf(now, kind));
        if (before.SequenceEqual(after)) return;
        var missing = after.Where(one => !one.IsMended).ToArray();
        if (missing.Length > 0) LogIncomplete(service, CatalogKindNames.Words(kind), missing.Length, TextOf(missing));
        else if (before.Any(one => !one.IsMended)) LogWhole(service, CatalogKindNames.Words(kind));
        else if (after.Length > 0) LogMended(service, CatalogKindNames.Words(kind), after.Length, TextOf(after));
    }

    private static CatalogProblem[] ProblemsOf(ServiceCatalog catalog, CatalogKind kind) => [.. catalog.Problems.Where(one => one.List == kind)];

    // A line of the log: of a thousand names nobody reads more.
    private static string TextOf(CatalogProblem[] problems) =>
        string.Join("; ", problems.Take(MostTold).Select(one => one.Item is null ? one.Reason : $"{one.Item}: {one.Reason}")) + (problems.Length > MostTold ? "; …" : "");

    private ServiceCatalog? CatalogOf(string service) => _state.Current.Services.GetValueOrDefault(service)?.Catalog;

    private const CatalogLists AllLists = CatalogLists.Tools | CatalogLists.Prompts | CatalogLists.Resources;
}
