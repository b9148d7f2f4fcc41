using System.Collections.Immutable;

using McpRegistry.Core.Catalog;
using McpRegistry.Core.State;

using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace McpRegistry.Core.Cluster;

/// <summary>
/// Has the lists of a service read again when the worker that leads has read others; once for each hash it wrote, because two
/// instances of a service may really differ.
/// </summary>
internal sealed class SharedCatalogReader(RegistryState state, ISharedCatalogs shared, ICatalogRefresher catalogs, TimeProvider time, ILogger<SharedCatalogReader> logger) : BackgroundService
{
    private readonly Dictionary<string, string> _seen = new(StringComparer.Ordinal);

    protected override Task ExecuteAsync(CancellationToken stoppingToken) =>
        new SharedFeedReader<ImmutableDictionary<string, string>>(shared, "hashes of lists", time, logger).RunAsync(Take, Take, stoppingToken);

    private void Take(ImmutableDictionary<string, string> hashes)
    {
        var services = state.Current.Services;
        foreach (var gone in _seen.Keys.Where(name => !services.ContainsKey(name)).ToArray()) _seen.Remove(gone);
        foreach (var (name, hash) in hashes)
        {
            // What was not read yet is about to be read anyway.
            if (services.GetValueOrDefault(name)?.Catalog is not { } own || !own.Unread.IsEmpty) continue;
            if (_seen.GetValueOrDefault(name) == hash) continue;
            _seen[name] = hash;
            if (SharedCatalogHash.Of(own) != hash) catalogs.RequestRefresh(name);
        }
    }
}
