using System.Collections.Immutable;

using McpRegistry.Core.Cluster;
using McpRegistry.Core.Registration;
using McpRegistry.Core.State;
using McpRegistry.Core.Storage;
using McpRegistry.Core.Storage.Redis;
using McpRegistry.Tests.State;

using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Options;

namespace McpRegistry.Tests.Cluster.Fakes;

/// <summary>One process of several: a registry, its snapshot and what keeps it in step with the others.</summary>
internal sealed class Replica : IAsyncDisposable
{
    private readonly DiskSnapshotWriter _disk;
    private readonly RegistrySync _sync;

    public Replica(ISharedRegistry store, TimeProvider time, string snapshotPath, bool acceptEmpty = false, TimeSpan? poll = null, ILoggerFactory? loggers = null)
    {
        loggers ??= NullLoggerFactory.Instance;
        var cluster = Options.Create(new ClusterOptions { AcceptEmpty = acceptEmpty, SnapshotPath = snapshotPath });
        var redis = Options.Create(new RedisOptions { PollInterval = poll ?? TimeSpan.FromHours(1) });
        var configuration = new ConfigurationBuilder().AddInMemoryCollection([new("ConnectionStrings:redis", "127.0.0.1:1")]).Build();
        Freshness = new RegistryFreshness(time);
        var writes = new OwnWrites();
        var live = LiveRegistry.Create(State, time);
        Registry = new ServiceRegistry(live, store, Freshness, writes, time, NullLogger<ServiceRegistry>.Instance);
        var place = new DiskSnapshotPlace(configuration, redis, Options.Create(new StorageOptions()), cluster);
        _disk = new DiskSnapshotWriter(new DiskSnapshot(store, place, time, loggers.CreateLogger<DiskSnapshot>()), time, loggers.CreateLogger<DiskSnapshotWriter>());
        View = new SharedView(store, live, writes, cluster, loggers.CreateLogger<SharedView>());
        _sync = new RegistrySync(store, View, _disk, Freshness, writes, new SyncPace(redis, new Random(3)), time, loggers.CreateLogger<RegistrySync>());
    }

    public RegistryState State { get; } = new();

    public RegistryFreshness Freshness { get; }

    public ServiceRegistry Registry { get; }

    public SharedView View { get; }

    public IEnumerable<string> Names => State.Current.Services.Keys.Order(StringComparer.Ordinal);

    public ServiceRegistration Registration(string service) => State.Current.Services[service].Registration;

    public ImmutableArray<InstanceState> Instances(string service) => State.Current.Services.TryGetValue(service, out var found) ? found.Instances : [];

    public async Task StartAsync()
    {
        await _disk.StartAsync(default);
        await _sync.StartAsync(default);
    }

    public async Task StopAsync()
    {
        await _sync.StopAsync(default);
        await _disk.StopAsync(default);
    }

    public async ValueTask DisposeAsync()
    {
        await StopAsync();
        _sync.Dispose();
        _disk.Dispose();
    }
}
