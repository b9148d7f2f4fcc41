using System.Collections.Immutable;

using McpRegistry.Core.Cluster;
using McpRegistry.Core.Registration;
using McpRegistry.Core.State;

using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Time.Testing;

using static McpRegistry.Tests.State.LiveRegistry;

namespace McpRegistry.Tests.State;

public sealed class ServiceRegistryTests
{
    private readonly FakeTimeProvider _time = new();
    private readonly RegistryState _state = new();
    private readonly MemoryStore _store = new();
    private readonly RegistryFreshness _freshness;
    private readonly ServiceRegistry _registry;

    public ServiceRegistryTests()
    {
        _freshness = new RegistryFreshness(_time);
        _registry = new ServiceRegistry(LiveRegistry.Create(_state, _time), _store, _freshness, new OwnWrites(), _time, NullLogger<ServiceRegistry>.Instance);
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
    public async Task A_stored_registration_that_cannot_be_used_any_more_holds_up_no_other()
    {
        _store.Stored["a"] = Http("a", 1) with { Config = new ServiceConfig { LoadBalancing = "OfAnotherTime" } };
        _store.Stored["b"] = Http("b", 2);

        await _registry.LoadAsync(default);

        Assert.Equal(["b"], _state.Current.Services.Keys);
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
        Assert.Empty(problems);
        Assert.Equal(new Uri("http://127.0.0.1:9/"), Instances("mine")[0].Address);
        await _registry.ApplySourceAsync(RegistrationOrigin.File, [Http("y", 3)], default);
        Assert.Equal(["mine", "y"], _state.Current.Services.Keys.Order(StringComparer.Ordinal));
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
    public async Task Children_that_run_at_another_replica_are_drained_from_here_and_the_way_to_it_is_no_instance_of_the_registration()
    {
        var owners = new StdioOwners();
        owners.Move("notes", new StdioOwner("other", new Uri("http://127.0.0.1:9")));
        var registry = new ServiceRegistry(LiveRegistry.Create(_state, _time, owners), _store, _freshness, new OwnWrites(), _time, NullLogger<ServiceRegistry>.Instance);
        var notes = new ServiceRegistration { Name = "notes", Protocol = ServiceProtocol.Stdio, Config = new ServiceConfig { Command = "server" } };
        await registry.RegisterAsync(notes, default);
        Assert.Equal("owner-other", Assert.Single(Instances("notes")).InstanceId);

        Assert.Equal(RegistryResultKind.Done, (await registry.SetDrainingAsync("notes", "child-1", true, default)).Kind);
        await registry.ReplaceAsync(notes with { Tags = ["new"] }, default);

        Assert.Equal("notes/child-1", Assert.Single(_store.Drained).Key.ToString());
        Assert.Equal(RegistryResultKind.NotFound, (await registry.SetDrainingAsync("notes", "owner-other", true, default)).Kind);
        Assert.Equal(RegistryResultKind.NotFound, (await registry.RemoveInstanceAsync("notes", "owner-other", default)).Kind);
    }

    [Fact]
    public async Task Draining_is_said_and_taken_back()
    {
        await _registry.RegisterAsync(Http("a", 1), default);

        Assert.Equal(RegistryResultKind.Done, (await _registry.SetDrainingAsync("a", "127.0.0.1-1", true, default)).Kind);
        Assert.Equal(ServiceCondition.Unavailable, _state.Current.Services["a"].Condition);

        await _registry.SetDrainingAsync("a", "127.0.0.1-1", false, default);
        Assert.Equal(ServiceCondition.Degraded, _state.Current.Services["a"].Condition);
        Assert.Equal(RegistryResultKind.NotFound, (await _registry.SetDrainingAsync("a", "other", true, default)).Kind);
    }

    [Fact]
    public async Task What_another_process_changed_meanwhile_is_kept_when_an_instance_is_added()
    {
        await _registry.RegisterAsync(Http("a", 1), default);
        _store.Before = () => Change("a", now => now with { Config = now.Config with { Instances = [new Uri("http://127.0.0.1:2")] } });

        var result = await _registry.AddInstanceAsync("a", new Uri("http://127.0.0.1:3"), default);

        Assert.Equal(RegistryResultKind.Done, result.Kind);
        Assert.Equal(3, _store.Stored["a"].Version);
        Assert.Equal(["127.0.0.1-1", "127.0.0.1-2", "127.0.0.1-3"], Instances("a").Select(one => one.InstanceId));
    }

    [Fact]
    public async Task What_another_process_changed_meanwhile_is_kept_when_an_instance_is_removed()
    {
        await _registry.RegisterAsync(Http("a", 1), default);
        await _registry.AddInstanceAsync("a", new Uri("http://127.0.0.1:2"), default);
        _store.Before = () => Change("a", now => now with { Tags = ["theirs"] });

        await _registry.RemoveInstanceAsync("a", "127.0.0.1-2", default);

        Assert.Equal("theirs", Assert.Single(_store.Stored["a"].Tags));
        Assert.Single(Instances("a"));
    }

    [Fact]
    public async Task A_replacement_replaces_what_another_process_has_just_stored()
    {
        await _registry.RegisterAsync(Http("a", 1) with { ApiKey = "first" }, default);
        _store.Before = () => Change("a", now => now with { ApiKey = "second", Tags = ["theirs"] });

        await _registry.ReplaceAsync(Http("a", 1) with { ApiKey = "***", Tags = ["mine"] }, default);

        Assert.Equal(("second", 3), (_store.Stored["a"].ApiKey, _store.Stored["a"].Version));
        Assert.Equal("mine", Assert.Single(_state.Current.Services["a"].Registration.Tags));
    }

    [Fact]
    public async Task What_another_process_has_removed_is_not_found_and_leaves_the_view()
    {
        await _registry.RegisterAsync(Http("a", 1), default);
        _store.Before = () => _store.Stored.Clear();
        Assert.Equal(RegistryResultKind.NotFound, (await _registry.AddInstanceAsync("a", new Uri("http://127.0.0.1:2"), default)).Kind);
        Assert.Empty(_state.Current.Services);

        await _registry.RegisterAsync(Http("b", 1), default);
        _store.Before = () => _store.Stored.Clear();
        Assert.Equal(RegistryResultKind.NotFound, (await _registry.RemoveAsync("b", default)).Kind);
        Assert.Empty(_state.Current.Services);
    }

    [Fact]
    public async Task A_name_that_another_process_took_is_taken_and_seen()
    {
        _store.Before = () => _store.Stored["a"] = Http("a", 7) with { Version = 1 };

        Assert.Equal(RegistryResultKind.NameTaken, (await _registry.RegisterAsync(Http("a", 1), default)).Kind);
        Assert.Equal("127.0.0.1-7", Assert.Single(Instances("a")).InstanceId);
    }

    [Fact]
    public async Task A_store_that_somebody_else_always_changes_first_is_given_up_on()
    {
        await _registry.RegisterAsync(Http("a", 1), default);
        void Interfere()
        {
            Change("a", now => now with { Tags = ["theirs"] });
            _store.Before = Interfere;
        }
        _store.Before = Interfere;

        Assert.Equal(RegistryResultKind.StoreUnavailable, (await _registry.ReplaceAsync(Http("a", 1), default)).Kind);
        Assert.Equal("theirs", Assert.Single(_state.Current.Services["a"].Registration.Tags));
    }

    [Fact]
    public async Task Nothing_is_written_to_a_store_that_was_not_read_since_it_came_back()
    {
        await _registry.RegisterAsync(Http("a", 1), default);
        _freshness.Doubt();

        Assert.Equal(RegistryResultKind.StoreUnavailable, (await _registry.RegisterAsync(Http("b", 2), default)).Kind);
        Assert.Equal(RegistryResultKind.StoreUnavailable, (await _registry.RemoveAsync("a", default)).Kind);
        Assert.Equal(RegistryResultKind.StoreUnavailable, (await _registry.SetDrainingAsync("a", "127.0.0.1-1", true, default)).Kind);
        Assert.Equal(["a"], _store.Stored.Keys);
        Assert.Empty(_store.Drained);
    }

    [Fact]
    public async Task Secrets_are_refused_field_by_field_where_they_would_be_stored_readable()
    {
        _store.KeepsSecrets = false;
        var secret = Http("a", 1) with { ApiKey = "canary", Config = new ServiceConfig { Headers = ImmutableSortedDictionary<string, string>.Empty.Add("X-Key", "canary").Add("X-Ok", "${TOKEN}") } };

        var refused = await _registry.RegisterAsync(secret, default);

        Assert.Equal(RegistryResultKind.Invalid, refused.Kind);
        Assert.Equal(["api_key", "config.headers.X-Key"], refused.Errors.Select(one => one.Field));
        Assert.All(refused.Errors, one => Assert.Contains("McpRegistry:Redis:SecretKey", one.Message, StringComparison.Ordinal));
        Assert.DoesNotContain(refused.Errors, one => one.Message.Contains("canary", StringComparison.Ordinal));
        Assert.Equal(RegistryResultKind.Done, (await _registry.RegisterAsync(Http("a", 1) with { ApiKey = "env:KEY" }, default)).Kind);
        Assert.Equal(RegistryResultKind.Invalid, (await _registry.ReplaceAsync(secret, default)).Kind);
    }

    [Fact]
    public async Task Drained_instances_are_drained_again_after_a_start_also_of_services_that_come_later()
    {
        _store.Stored["a"] = Http("a", 1);
        _store.Drained[new InstanceName("a", "127.0.0.1-1")] = true;
        _store.Drained[new InstanceName("f", "127.0.0.1-3")] = true;

        await _registry.LoadAsync(default);
        await _registry.ApplySourceAsync(RegistrationOrigin.File, [Http("f", 2) with { Config = new ServiceConfig { Instances = [new Uri("http://127.0.0.1:3")] } }], default);

        Assert.True(Assert.Single(Instances("a")).IsDraining);
        Assert.Equal((ServiceCondition.Unavailable, "drained by an operator"), (_state.Current.Services["a"].Condition, _state.Current.Services["a"].Reason));
        Assert.Equal([false, true], Instances("f").Select(one => one.IsDraining));
        Assert.Equal(ServiceCondition.Degraded, _state.Current.Services["f"].Condition);
    }

    [Fact]
    public async Task A_drained_instance_stays_so_when_its_service_is_rebuilt()
    {
        await _registry.RegisterAsync(Http("a", 1), default);
        var before = Instances("a")[0];
        await _registry.SetDrainingAsync("a", "127.0.0.1-1", true, default);

        await _registry.ReplaceAsync(Http("a", 1) with { ApiKey = "env:OTHER" }, default);

        Assert.NotSame(before, Instances("a")[0]);
        Assert.True(Instances("a")[0].IsDraining);
    }

    [Fact]
    public async Task An_instance_that_was_removed_comes_back_without_its_old_drain()
    {
        await _registry.RegisterAsync(Http("a", 1), default);
        await _registry.AddInstanceAsync("a", new Uri("http://127.0.0.1:2"), default);
        foreach (var id in new[] { "127.0.0.1-1", "127.0.0.1-2" }) await _registry.SetDrainingAsync("a", id, true, default);

        await _registry.RemoveInstanceAsync("a", "127.0.0.1-2", default);
        Assert.Equal("a/127.0.0.1-1", Assert.Single(_store.Drained.Keys).ToString());
        await _registry.RemoveAsync("a", default);
        Assert.Empty(_store.Drained);

        await _registry.RegisterAsync(Http("a", 1), default);
        Assert.False(Instances("a")[0].IsDraining);
    }

    private ImmutableArray<InstanceState> Instances(string service) => _state.Current.Services[service].Instances;

    private void Change(string name, Func<ServiceRegistration, ServiceRegistration> change) => _store.Stored[name] = change(_store.Stored[name]) with { Version = _store.Stored[name].Version + 1 };
}
