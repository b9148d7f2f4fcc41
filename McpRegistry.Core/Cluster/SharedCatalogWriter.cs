using System.Collections.Immutable;

using McpRegistry.Core.Catalog;
using McpRegistry.Core.Health;
using McpRegistry.Core.State;
using McpRegistry.Core.Storage;

using Microsoft.Extensions.Logging;

namespace McpRegistry.Core.Cluster;

/// <summary>Writes the hash of each service's lists for the gateways, while this process leads.</summary>
internal sealed partial class SharedCatalogWriter(RegistryState state, ISharedCatalogs shared, TimeProvider time, ILogger<SharedCatalogWriter> logger)
{
    // At a start the lists of all services arrive within seconds.
    private static readonly TimeSpan Gap = TimeSpan.FromSeconds(1);

    /// <summary>Writes until the end of the term, or until a write is refused.</summary>
    public async Task RunAsync(long token, CancellationToken end)
    {
        using var pause = new WakeablePause(time);
        using var subscription = state.Subscribe(change =>
        {
            if (change.Kind != RegistryChangeKind.HealthChanged) pause.Wake();
        });
        var hashed = new Dictionary<string, ServiceCatalog>(StringComparer.Ordinal);
        ImmutableDictionary<string, string>? written = null;
        try
        {
            while (true)
            {
                try
                {
                    written ??= await shared.ReadAsync(end);
                    var (news, gone) = Compare(hashed, written);
                    if (news.Count + gone.Length > 0)
                    {
                        if (!await shared.TryWriteAsync(token, news, gone, end))
                        {
                            LogRefused(token);
                            return;
                        }

                        written = written.RemoveRange(gone).SetItems(news);
                    }
                }
                catch (RegistryStoreException failure)
                {
                    LogWriteFailed(failure.Message);
                    hashed.Clear();
                    pause.Wake();
                }

                await Task.Delay(Gap, time, end);
                await pause.WaitAsync(Timeout.InfiniteTimeSpan, end);
            }
        }
        catch (OperationCanceledException) when (end.IsCancellationRequested) { }
    }

    private (ImmutableDictionary<string, string> News, string[] Gone) Compare(Dictionary<string, ServiceCatalog> hashed, ImmutableDictionary<string, string> written)
    {
        var services = state.Current.Services;
        var news = ImmutableDictionary.CreateBuilder<string, string>(StringComparer.Ordinal);
        foreach (var (name, service) in services)
        {
            var catalog = service.Catalog;
            // What could not be read is no statement on what it offers.
            if (!catalog.IsWhole || ReferenceEquals(hashed.GetValueOrDefault(name), catalog)) continue;
            hashed[name] = catalog;
            var hash = SharedCatalogHash.Of(catalog);
            if (written.GetValueOrDefault(name) != hash) news[name] = hash;
        }

        return (news.ToImmutable(), [.. written.Keys.Where(name => !services.ContainsKey(name))]);
    }
}
