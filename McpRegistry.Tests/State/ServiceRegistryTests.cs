using System.Collections.Concurrent;
using System.Collections.Immutable;

using McpRegistry.Core.Catalog;
using McpRegistry.Core.LoadBalancing;
using McpRegistry.Core.Registration;
using McpRegistry.Core.State;
using McpRegistry.Core.Storage;
using McpRegistry.Core.Upstream;
using McpRegistry.Tests.Fakes;

using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Options;
using Microsoft.Extensions.Time.Testing;

namespace McpRegistry.Tests.State;

public sealed class ServiceRegistryTests
{
    private readonly FakeTimeProvider _time = new();
    private readonly RegistryState _state = new();
    private readonly MemoryStore _store = new();
    private readonly ServiceRegistry _registry;

    public ServiceRegistryTests()
    {
        var random = new Random(1);
        var builder = new InstanceBuilder(new FakeClients(), _state, new NoCatalogs(), new UpstreamNotificationFeed(), Options.Create(new UpstreamOptions()), _time, random);
        var policies = new LoadBalancingPolicySet([.. LoadBalancingPolicyNames.All.Select(name => new LoadBalancingPolicyFactory(name, () => new RoundRobinPolicy()))]);
        _registry = new ServiceRegistry(_state, _store, builder, policies, new InstanceRetirement(_state, _time, NullLogger<InstanceRetirement>.Instance), _time, NullLogger<ServiceRegistry>.Instance);
    }

    [Fact]
    public async Task A_registration_is_stored_before_it_is_seen()
    {
        var result = await _registry.RegisterAsync(Http("a", 1), default);

        Assert.Equal(RegistryResultKind.Done, result.Kind);
        Assert.Equal(RegistrationOrigin.Api, _store.Stored["a"].Origin);
        Assert.Equal("127.0.0.1-1", Assert.Single(Instances("a")).InstanceId);
    }

    [Fact]
    public async Task What_the_store_did_not_take_is_nowhere()
    {
        _store.IsAway = true;

        Assert.Equal(RegistryResultKind.StoreUnavailable, (await _registry.RegisterAsync(Http("a", 1), default)).Kind);
        Assert.Empty(_state.Current.Services);
    }

    [Fact]
    public async Task A_name_is_taken_once_and_a_bad_registration_is_refused_with_its_reasons()
    {
        await _registry.RegisterAsync(Http("a", 1), default);

        Assert.Equal(RegistryResultKind.NameTaken, (await _registry.RegisterAsync(Http("a", 2), default)).Kind);
        var bad = await _registry.RegisterAsync(Http("Bad Name", 1), default);
        Assert.Equal(RegistryResultKind.Invalid, bad.Kind);
        Assert.Equal("name", Assert.Single(bad.Errors).Field);
    }

    [Fact]
    public async Task Stored_registrations_come_back_at_the_start()
    {
        _store.Stored["a"] = Http("a", 1);

        await _registry.LoadAsync(default);

        Assert.Single(Instances("a"));
    }

    [Fact]
    public async Task A_pool_of_children_is_as_many_instances()
    {
        var pool = new ServiceRegistration { Name = "pool", Protocol = ServiceProtocol.Stdio, Config = new ServiceConfig { Command = "server", Replicas = 3 } };

        await _registry.ApplySourceAsync(RegistrationOrigin.File, [pool], default);

        Assert.Equal(["child-1", "child-2", "child-3"], Instances("pool").Select(one => one.InstanceId));
    }

    [Fact]
    public async Task The_file_adds_changes_and_removes_its_own_services_and_leaves_those_of_rest_alone()
    {
        await _registry.RegisterAsync(Http("mine", 1), default);
        await _registry.ApplySourceAsync(RegistrationOrigin.File, [Http("x", 2), Http("y", 3)], default);
        var y = Instances("y")[0];

        var problems = await _registry.ApplySourceAsync(RegistrationOrigin.File, [Http("y", 3), Http("z", 4), Http("mine", 9)], default);

        Assert.Equal(["mine", "y", "z"], _state.Current.Services.Keys.Order(StringComparer.Ordinal));
        Assert.Same(y, Instances("y")[0]);
        Assert.Equal("mine", Assert.Single(problems).Field);
        Assert.Equal(new Uri("http://127.0.0.1:1/"), Instances("mine")[0].Address);
    }

    [Fact]
    public async Task A_service_of_the_file_is_not_changed_over_rest()
    {
        await _registry.ApplySourceAsync(RegistrationOrigin.File, [Http("f", 1)], default);

        Assert.Equal(RegistryResultKind.OwnedBySource, (await _registry.RemoveAsync("f", default)).Kind);
        Assert.Equal(RegistryResultKind.OwnedBySource, (await _registry.ReplaceAsync(Http("f", 2), default)).Kind);
        Assert.Equal(RegistryResultKind.OwnedBySource, (await _registry.AddInstanceAsync("f", new Uri("http://127.0.0.1:2"), default)).Kind);
        Assert.Single(Instances("f"));
    }

    [Fact]
    public async Task A_change_that_does_not_touch_the_wire_keeps_the_running_instances()
    {
        await _registry.RegisterAsync(Http("a", 1), default);
        var before = Instances("a")[0];

        await _registry.ReplaceAsync(Http("a", 1) with { Tags = ["new"] }, default);
        Assert.Same(before, Instances("a")[0]);

        await _registry.ReplaceAsync(Http("a", 1) with { ApiKey = "env:OTHER" }, default);
        Assert.NotSame(before, Instances("a")[0]);
        Assert.True(before.IsDraining);
    }

    [Fact]
    public async Task A_masked_secret_keeps_the_stored_one()
    {
        await _registry.RegisterAsync(Http("a", 1) with { ApiKey = "env:KEY" }, default);

        await _registry.ReplaceAsync(RegistrationJson.Public(_state.Current.Services["a"].Registration) with { Tags = ["t"] }, default);

        Assert.Equal("env:KEY", _store.Stored["a"].ApiKey);
    }

    [Fact]
    public async Task Instances_come_and_go_and_the_rest_stays()
    {
        await _registry.RegisterAsync(Http("a", 1), default);
        var first = Instances("a")[0];

        await _registry.AddInstanceAsync("a", new Uri("http://127.0.0.1:2"), default);
        Assert.Equal(2, Instances("a").Length);
        Assert.Same(first, Instances("a")[0]);
        Assert.Equal(RegistryResultKind.NameTaken, (await _registry.AddInstanceAsync("a", new Uri("http://127.0.0.1:2"), default)).Kind);

        // The base URL's own instance goes: the other one takes its place.
        await _registry.RemoveInstanceAsync("a", first.InstanceId, default);
        Assert.Equal("127.0.0.1-2", Assert.Single(Instances("a")).InstanceId);
        Assert.Equal(new Uri("http://127.0.0.1:2"), _store.Stored["a"].BaseUrl);
    }

    [Fact]
    public async Task A_removed_service_is_gone_from_store_and_view()
    {
        await _registry.RegisterAsync(Http("a", 1), default);

        Assert.Equal(RegistryResultKind.Done, (await _registry.RemoveAsync("a", default)).Kind);
        Assert.Empty(_store.Stored);
        Assert.Empty(_state.Current.Services);
        Assert.Equal(RegistryResultKind.NotFound, (await _registry.RemoveAsync("a", default)).Kind);
    }

    [Fact]
    public async Task Draining_is_said_and_taken_back()
    {
        await _registry.RegisterAsync(Http("a", 1), default);

        Assert.Equal(RegistryResultKind.Done, (await _registry.SetDrainingAsync("a", "127.0.0.1-1", true, default)).Kind);
        Assert.Equal(ServiceCondition.Unavailable, _state.Current.Services["a"].Condition);

        await _registry.SetDrainingAsync("a", "127.0.0.1-1", false, default);
        Assert.Equal(ServiceCondition.Ready, _state.Current.Services["a"].Condition);
        Assert.Equal(RegistryResultKind.NotFound, (await _registry.SetDrainingAsync("a", "other", true, default)).Kind);
    }

    private ImmutableArray<InstanceState> Instances(string service) => _state.Current.Services[service].Instances;

    private static ServiceRegistration Http(string name, int port) => new() { Name = name, BaseUrl = new Uri($"http://127.0.0.1:{port}") };

    private sealed class MemoryStore : IRegistryStore
    {
        public ConcurrentDictionary<string, ServiceRegistration> Stored { get; } = new();

        public bool IsAway { get; set; }

        public ConcurrentDictionary<InstanceName, bool> Drained { get; } = new();

        public bool KeepsSecrets => true;

        public ValueTask<ImmutableArray<ServiceRegistration>> ListAsync(CancellationToken cancellationToken) => ValueTask.FromResult(Stored.Values.ToImmutableArray());

        public ValueTask<bool> TryAddAsync(ServiceRegistration registration, CancellationToken cancellationToken) => Take(() => Stored.TryAdd(registration.Name, registration));

        public ValueTask<bool> TryReplaceAsync(ServiceRegistration registration, CancellationToken cancellationToken) =>
            Take(() => Stored.TryGetValue(registration.Name, out var before) && Stored.TryUpdate(registration.Name, registration, before));

        public ValueTask<bool> TryRemoveAsync(string name, CancellationToken cancellationToken) => Take(() => Stored.TryRemove(name, out _));

        public ValueTask<ImmutableArray<InstanceName>> ListDrainedAsync(CancellationToken cancellationToken) => ValueTask.FromResult(Drained.Keys.ToImmutableArray());

        public async ValueTask SetDrainedAsync(InstanceName instance, bool drained, CancellationToken cancellationToken) =>
            await Take(() => drained ? Drained.TryAdd(instance, true) : Drained.TryRemove(instance, out _));

        private ValueTask<bool> Take(Func<bool> change) => IsAway ? throw new RegistryStoreException("away", new IOException()) : ValueTask.FromResult(change());
    }

    private sealed class FakeClients : IInstanceClientFactory
    {
        public IInstanceClient Create(ServiceRegistration registration, string instanceId, Uri? address, IInstanceObserver observer) => new FakeInstanceClient();
    }

    private sealed class NoCatalogs : ICatalogRefresher
    {
        public void RequestRefresh(string service) { }

        public Task<bool> RefreshAsync(string service, CancellationToken cancellationToken) => Task.FromResult(false);
    }
}
