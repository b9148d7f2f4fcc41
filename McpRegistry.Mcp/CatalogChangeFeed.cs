using McpRegistry.Core.State;

using Microsoft.Extensions.Options;

namespace McpRegistry.Mcp;

/// <summary>Tells clients which lists changed: collected for a moment, and only to those whose URL shows the service.</summary>
internal sealed class CatalogChangeFeed(
    RegistryState state, LegacySessions sessions, Subscriptions subscriptions, IOptions<McpOptions> options, TimeProvider time) : IHostedService, IDisposable
{
    private readonly Lock _lock = new();
    private Dictionary<string, CatalogLists> _changed = new(StringComparer.Ordinal);
    private ITimer? _timer;
    private IDisposable? _subscription;

    public Task StartAsync(CancellationToken cancellationToken)
    {
        _timer = time.CreateTimer(feed => ((CatalogChangeFeed)feed!).Publish(), this, Timeout.InfiniteTimeSpan, Timeout.InfiniteTimeSpan);
        _subscription = state.Subscribe(Collect);
        return Task.CompletedTask;
    }

    public Task StopAsync(CancellationToken cancellationToken)
    {
        Dispose();
        return Task.CompletedTask;
    }

    public void Dispose()
    {
        _subscription?.Dispose();
        _timer?.Dispose();
    }

    private void Collect(RegistryChange change)
    {
        var lists = change.Kind == RegistryChangeKind.ServiceAdded ? change.Lists | FilledLists(change.Service) : change.Lists;
        if (lists == CatalogLists.None) return;
        lock (_lock)
        {
            if (_changed.Count == 0) _timer!.Change(options.Value.ChangeDelay, Timeout.InfiniteTimeSpan);
            _changed[change.Service] = _changed.GetValueOrDefault(change.Service) | lists;
        }
    }

    private void Publish()
    {
        Dictionary<string, CatalogLists> changed;
        lock (_lock)
        {
            changed = _changed;
            _changed = new(StringComparer.Ordinal);
        }

        var all = changed.Values.Aggregate(CatalogLists.None, (one, other) => one | other);
        foreach (var session in sessions.All) session.Notify(ListsOf(session.Service));
        subscriptions.Notify(ListsOf);

        CatalogLists ListsOf(string? service) => service is null ? all : changed.GetValueOrDefault(service);
    }

    private CatalogLists FilledLists(string service)
    {
        if (!state.Current.Services.TryGetValue(service, out var added)) return CatalogLists.None;
        var catalog = added.Catalog;
        return (catalog.Tools.IsEmpty ? CatalogLists.None : CatalogLists.Tools)
            | (catalog.Prompts.IsEmpty ? CatalogLists.None : CatalogLists.Prompts)
            | (catalog.Resources.IsEmpty && catalog.ResourceTemplates.IsEmpty ? CatalogLists.None : CatalogLists.Resources);
    }
}
