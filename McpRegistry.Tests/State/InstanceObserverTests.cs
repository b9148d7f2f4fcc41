using McpRegistry.Core.Catalog;
using McpRegistry.Core.Health;
using McpRegistry.Core.Registration;
using McpRegistry.Core.State;
using McpRegistry.Core.Upstream;
using McpRegistry.Tests.Fakes;

namespace McpRegistry.Tests.State;

public sealed class InstanceObserverTests
{
    private readonly Refreshes _refreshes = new();
    private readonly InstanceObserver _observer;

    public InstanceObserverTests() =>
        _observer = new InstanceObserver("svc", new InstanceHealth(new HealthSettings(), TimeProvider.System, new Random(1)), new RegistryState(), _refreshes, new UpstreamNotificationFeed());

    [Fact]
    public void A_later_subscription_of_a_connection_has_the_lists_read_and_the_first_does_not()
    {
        _observer.Connected(FakeInstanceClient.Legacy());
        Assert.Equal(1, _refreshes.Count);

        _observer.Subscribed();
        Assert.Equal(1, _refreshes.Count);

        _observer.Notified("notifications/subscriptions/acknowledged", default);
        Assert.Equal(2, _refreshes.Count);

        _observer.ListensAgain();
        Assert.Equal(3, _refreshes.Count);
    }

    [Theory]
    [InlineData("notifications/tools/list_changed", CatalogLists.Tools)]
    [InlineData("notifications/prompts/list_changed", CatalogLists.Prompts)]
    [InlineData("notifications/resources/list_changed", CatalogLists.Resources)]
    [InlineData("notifications/list_changed", CatalogLists.None)]
    public void Only_the_list_that_changed_is_read(string method, CatalogLists lists)
    {
        _observer.Notified(method, default);

        Assert.Equal(lists, _refreshes.Changed);
    }

    private sealed class Refreshes : ICatalogRefresher
    {
        public int Count { get; private set; }

        public CatalogLists Changed { get; private set; }

        public void RequestRefresh(string service) => Count++;

        public void NoteChanged(string service, CatalogLists lists) => Changed |= lists;

        public Task<bool> RefreshAsync(string service, CancellationToken cancellationToken) => Task.FromResult(true);
    }
}
