using System.Collections.Concurrent;
using System.Text.Json;
using System.Threading.Channels;

using McpRegistry.Core.Catalog;
using McpRegistry.Core.Registration;
using McpRegistry.Core.State;
using McpRegistry.Core.Storage;

using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace McpRegistry.Core.LastKnown;

/// <summary>
/// Remembers the lists of services from one life of the process to the next, so that a restart takes no tool from a client while
/// servers are still starting. Read before the first service is registered; written in the background.
/// </summary>
internal sealed partial class LastKnownCatalogs(RegistryState state, RegistryFreshness freshness, LastKnownFile file, TimeProvider time, ILogger<LastKnownCatalogs> logger)
    : BackgroundService, ILastKnownCatalogs
{
    // Lists come in one by one at a start.
    private static readonly TimeSpan BetweenWrites = TimeSpan.FromSeconds(2);

    // By then whatever registers services has done so.
    private static readonly TimeSpan ForgetAfter = TimeSpan.FromMinutes(1);

    private readonly ConcurrentDictionary<string, LastKnownRow> _remembered = new(StringComparer.Ordinal);
    private readonly ConcurrentDictionary<string, bool> _touched = new(StringComparer.Ordinal);
    private readonly Channel<bool> _changed = Channel.CreateBounded<bool>(1);
    private readonly ConcurrentDictionary<string, (ServiceCatalog Catalog, string Identity)> _written = new(StringComparer.Ordinal);
    private IDisposable? _subscription;
    private bool _isFailureTold;

    public ServiceCatalog? Take(ServiceRegistration registration)
    {
        if (!_remembered.TryRemove(registration.Name, out var row) || row.Identity != ServerIdentity.Of(registration)) return null;
        try
        {
            var known = LastKnownContent.Read(row.Service, row.Content);
            _written[row.Service] = (known, row.Identity);
            return known;
        }
        catch (JsonException)
        {
            LogRowDamaged(row.Service);
            return null;
        }
    }

    public override async Task StartAsync(CancellationToken cancellationToken)
    {
        await Task.Run(Load, cancellationToken);
        _subscription = state.Subscribe(change =>
        {
            if (change.Kind == RegistryChangeKind.HealthChanged) return;
            _touched[change.Service] = true;
            _changed.Writer.TryWrite(true);
        });
        await base.StartAsync(cancellationToken);
    }

    public override async Task StopAsync(CancellationToken cancellationToken)
    {
        await base.StopAsync(cancellationToken);
        _subscription?.Dispose();
        Write();
        file.Dispose();
    }

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        var started = time.GetTimestamp();
        try
        {
            while (true)
            {
                await ChangeAsync(isForgotten: _remembered.IsEmpty, stoppingToken);
                Write();
                if (time.GetElapsedTime(started) >= ForgetAfter && freshness.IsLoaded) Forget();
                await Task.Delay(BetweenWrites, time, stoppingToken);
            }
        }
        catch (OperationCanceledException) when (stoppingToken.IsCancellationRequested) { }
    }

    private async Task ChangeAsync(bool isForgotten, CancellationToken cancellationToken)
    {
        var change = _changed.Reader.ReadAsync(cancellationToken).AsTask();
        try { await change.WaitAsync(isForgotten ? Timeout.InfiniteTimeSpan : ForgetAfter, time, cancellationToken); }
        catch (TimeoutException)
        {
            // Whoever reads must not be left behind.
            _changed.Writer.TryWrite(true);
            await change;
        }
    }

    private void Load()
    {
        try
        {
            var rows = file.Read(out var wasDamaged);
            foreach (var row in rows) _remembered[row.Service] = row;
            if (wasDamaged) LogDamaged(file.Path);
        }
        // The registry works without it.
        catch (Exception failure) when (failure is RegistryStoreException or IOException or UnauthorizedAccessException) { TellFailure(failure); }
    }

    // Rows of services that nobody has registered any more.
    private void Forget()
    {
        foreach (var name in _remembered.Keys)
            if (_remembered.TryRemove(name, out _)) _touched[name] = true;
        Write();
    }

    private void Write()
    {
        var names = _touched.Keys.ToArray();
        foreach (var name in names) _touched.TryRemove(name, out _);
        try
        {
            var changed = new List<LastKnownRow>();
            var gone = new List<string>();
            foreach (var name in names) Sort(name, changed, gone);
            if (changed.Count + gone.Count > 0) file.Write(changed, gone);
            _isFailureTold = false;
        }
        // No exception leaves it: the disk may have room again.
        catch (Exception failure)
        {
            TellFailure(failure);
            foreach (var name in names)
            {
                _written.TryRemove(name, out _);
                _touched[name] = true;
            }
        }
    }

    private void Sort(string name, List<LastKnownRow> changed, List<string> gone)
    {
        if (!state.Current.Services.TryGetValue(name, out var service))
        {
            _written.TryRemove(name, out _);
            gone.Add(name);
            return;
        }

        var identity = ServerIdentity.Of(service.Registration);
        if (_written.TryGetValue(name, out var last) && last.Identity == identity && last.Catalog.ShowsTheSameAs(service.Catalog)) return;
        _written[name] = (service.Catalog, identity);
        if (LastKnownContent.Write(service.Catalog) is { } content) changed.Add(new LastKnownRow(name, identity, content));
        else gone.Add(name);
    }

    private void TellFailure(Exception failure)
    {
        if (!_isFailureTold) LogUnusable(failure.Message);
        _isFailureTold = true;
    }
}
