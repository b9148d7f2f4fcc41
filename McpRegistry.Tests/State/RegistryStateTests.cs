using McpRegistry.Core.Catalog;
using McpRegistry.Core.Health;
using McpRegistry.Core.LoadBalancing;
using McpRegistry.Core.Registration;
using McpRegistry.Core.State;
using McpRegistry.Tests.Fakes;

using Microsoft.Extensions.Time.Testing;

namespace McpRegistry.Tests.State;

public sealed class RegistryStateTests
{
    private readonly RegistryState _state = new();
    private readonly List<RegistryChange> _told = [];

    public RegistryStateTests() => _state.Subscribe(_told.Add);

    [Fact]
    public void A_change_makes_a_new_view_and_leaves_the_old_one_alone()
    {
        var before = _state.Current;

        Add("a");

        Assert.Empty(before.Services);
        Assert.Single(_state.Current.Services);
        Assert.Equal(RegistryChangeKind.ServiceAdded, Assert.Single(_told).Kind);
        Assert.Equal(_state.Current.Version, _told[0].Version);
    }

    [Fact]
    public void What_changes_nothing_is_told_to_nobody()
    {
        Add("a");
        var view = _state.Current;

        _state.Update("a", before => before, (_, _) => throw new InvalidOperationException());
        _state.RefreshCondition("unknown");

        Assert.Same(view, _state.Current);
    }

    [Fact]
    public void A_service_that_offers_nothing_is_not_taken_for_one_whose_lists_were_never_read()
    {
        Add("a");

        _state.Update("a", before => before! with { Catalog = new ServiceCatalog() }, (_, _) => null);

        Assert.NotSame(ServiceCatalog.Empty, _state.Current.Services["a"].Catalog);
    }

    [Fact]
    public void A_service_is_ready_while_an_instance_may_get_calls_and_says_why_it_is_not()
    {
        var client = new FakeInstanceClient { Connection = null };
        Add("a", client);

        _state.RefreshCondition("a");
        Assert.Equal(ServiceCondition.Starting, _state.Current.Services["a"].Condition);

        client.Connection = FakeInstanceClient.Legacy();
        _state.RefreshCondition("a");
        Assert.Equal((ServiceCondition.Degraded, "Its lists are still being read."), (_state.Current.Services["a"].Condition, _state.Current.Services["a"].Reason));

        _state.Update("a", before => before! with { Catalog = new ServiceCatalog() }, (_, _) => null);
        _state.RefreshCondition("a");
        Assert.Equal(ServiceCondition.Ready, _state.Current.Services["a"].Condition);

        client.Connection = null;
        _state.RefreshCondition("a", "exited with code 3");
        Assert.Equal(ServiceCondition.Unavailable, _state.Current.Services["a"].Condition);
        Assert.Equal("exited with code 3", _state.Current.Services["a"].Reason);
        Assert.Equal("a", Assert.Single(_state.Current.Catalog.Degraded));

        client.Connection = FakeInstanceClient.Legacy();
        _state.RefreshCondition("a");
        Assert.Null(_state.Current.Services["a"].Reason);
        Assert.Empty(_state.Current.Catalog.Degraded);
    }

    [Fact]
    public void A_subscriber_that_left_hears_nothing_more()
    {
        var heard = 0;
        _state.Subscribe(_ => heard++).Dispose();

        Add("a");

        Assert.Equal(0, heard);
    }

    [Fact]
    public void Removing_a_service_changes_all_lists()
    {
        Add("a");

        Assert.True(_state.Remove("a"));
        Assert.False(_state.Remove("a"));
        Assert.Equal(CatalogLists.Tools | CatalogLists.Prompts | CatalogLists.Resources, _told[^1].Lists);
    }

    private void Add(string name, FakeInstanceClient? client = null)
    {
        var time = new FakeTimeProvider();
        var instance = new InstanceState(name, "1", null, client ?? new FakeInstanceClient(), new InstanceHealth(new HealthSettings(), time, new Random(1)), new InstanceLoad(1, 0));
        _state.Update(
            name,
            _ => new ServiceSnapshot { Registration = new ServiceRegistration { Name = name }, Policy = new OnlyPolicy(), Instances = [instance] },
            (before, _) => new RegistryChange(before is null ? RegistryChangeKind.ServiceAdded : RegistryChangeKind.ServiceUpdated, name, 0));
    }

    private sealed class OnlyPolicy : ILoadBalancingPolicy
    {
        public string Name => "Only";

        public InstanceState Pick(ReadOnlySpan<InstanceState> candidates) => candidates[0];
    }
}
