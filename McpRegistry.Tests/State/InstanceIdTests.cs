using McpRegistry.Core.Registration;
using McpRegistry.Core.State;

using Microsoft.Extensions.Time.Testing;

namespace McpRegistry.Tests.State;

/// <summary>Ids of instances as the product makes them: shown everywhere, kept in the store, so each its own and without a secret.</summary>
public sealed class InstanceIdTests
{
    [Fact]
    public void Nothing_of_a_query_is_in_an_id_and_another_query_makes_another_id()
    {
        string[] urls = ["http://h:81/good/mcp?key=topsecret42", "http://h:81/good/mcp?key=other", "http://h:81/good/mcp"];

        var ids = Ids("svc", urls);

        Assert.All(ids, id => Assert.StartsWith("h-81-good-mcp", id, StringComparison.Ordinal));
        Assert.All(ids, id => Assert.DoesNotContain("key", id, StringComparison.OrdinalIgnoreCase));
        Assert.All(ids, id => Assert.DoesNotContain("topsecret42", id, StringComparison.OrdinalIgnoreCase));
        Assert.Equal(3, ids.Distinct().Count());
        Assert.Contains("h-81-good-mcp", ids);
        // Whoever sees two services with one key cannot tell that it is one.
        Assert.NotEqual(Ids("svc", urls[0]), Ids("another", urls[0]));
    }

    [Theory]
    [InlineData("http://h:81/a/b", "http://h:81/a-b")]
    [InlineData("http://h:81/a/b", "http://h:81/a_b")]
    [InlineData("http://h:81/a", "http://h:81/-a/")]
    [InlineData("http://h:81", "http://h:81/mcp")]
    [InlineData("http://h:81", "https://h:81")]
    [InlineData("http://h:81/%20", "http://h:81/%2020")]
    [InlineData("http://b\u00fccher.example:81", "http://b\u00e4cher.example:81")]
    [InlineData("http://h:81/mcp?k=1", "http://h:81/?k=1")]
    public void Addresses_that_read_alike_have_ids_of_their_own_whatever_their_order(string one, string other)
    {
        var ids = Ids("svc", one, other);

        Assert.Equal(2, ids.Distinct().Count());
        Assert.Equal(ids, Ids("svc", other, one).Reverse());
        Assert.Equal(ids, Ids("svc", one, other));
        Assert.All(ids, id => Assert.Matches("^[A-Za-z0-9.-]+$", id));
    }

    [Fact]
    public async Task Who_is_called_otherwise_is_another_instance_and_its_neighbour_stays_as_it_is()
    {
        var (time, state, store) = (new FakeTimeProvider(), new RegistryState(), new MemoryStore());
        var registry = Registry(state, time, store);
        var registration = new ServiceRegistration { Name = "a", BaseUrl = new Uri("http://h:1/mcp"), Config = new ServiceConfig { Instances = [new Uri("http://h:2/mcp")] }, InstanceNames = ["a-0", "a-1"] };
        await registry.ApplySourceAsync(RegistrationOrigin.Discovery, [registration], default);
        var neighbour = state.Current.Services["a"].Instances.Single(one => one.InstanceId == "a-1");

        await registry.ApplySourceAsync(RegistrationOrigin.Discovery, [registration with { InstanceNames = ["other", "a-1"] }], default);

        Assert.Equal(["a-1", "other"], state.Current.Services["a"].Instances.Select(one => one.InstanceId));
        Assert.Same(neighbour, state.Current.Services["a"].Instances.Single(one => one.InstanceId == "a-1"));
    }

    [Fact]
    public async Task Of_two_instances_that_read_alike_either_can_be_drained_and_removed()
    {
        var (time, state, store) = (new FakeTimeProvider(), new RegistryState(), new MemoryStore());
        var registry = Registry(state, time, store);
        var registration = LiveRegistry.Http("a", 1) with { BaseUrl = new Uri("http://h:81/a/b"), Config = new ServiceConfig { Instances = [new Uri("http://h:81/a-b")] } };
        Assert.Equal(RegistryResultKind.Done, (await registry.RegisterAsync(registration, default)).Kind);

        var first = state.Current.Services["a"].Instances.Single(one => one.Address == registration.BaseUrl);
        Assert.Equal(RegistryResultKind.Done, (await registry.SetDrainingAsync("a", first.InstanceId, true, default)).Kind);
        Assert.Single(state.Current.Services["a"].Instances, one => one.IsDraining);
        Assert.Equal(RegistryResultKind.Done, (await registry.RemoveInstanceAsync("a", first.InstanceId, default)).Kind);

        var left = Assert.Single(state.Current.Services["a"].Instances);
        Assert.Equal((new Uri("http://h:81/a-b"), false), (left.Address, left.IsDraining));
    }

    [Fact]
    public async Task An_instance_that_gets_the_id_of_another_is_not_taken_for_it()
    {
        var (time, state, store) = (new FakeTimeProvider(), new RegistryState(), new MemoryStore());
        var registry = Registry(state, time, store);
        await registry.RegisterAsync(LiveRegistry.Http("a", 1) with { BaseUrl = new Uri("http://h:81/a/b") }, default);
        var before = state.Current.Services["a"].Instances.Single();

        await registry.ReplaceAsync(LiveRegistry.Http("a", 1) with { BaseUrl = new Uri("http://h:81/a-b") }, default);

        var after = state.Current.Services["a"].Instances.Single();
        Assert.Equal(before.InstanceId, after.InstanceId);
        Assert.Equal(new Uri("http://h:81/a-b"), after.Address);
    }

    private static ServiceRegistry Registry(RegistryState state, TimeProvider time, MemoryStore store) => new(
        LiveRegistry.Create(state, time), store, new RegistryFreshness(time), new OwnWrites(), time, Microsoft.Extensions.Logging.Abstractions.NullLogger<ServiceRegistry>.Instance);

    private static string[] Ids(string service, params string[] urls)
    {
        var registration = new ServiceRegistration { Name = service, BaseUrl = new Uri(urls[0]), Config = new ServiceConfig { Instances = [.. urls.Skip(1).Select(url => new Uri(url))] } };
        var ids = InstanceIds.Of(registration).ToDictionary(one => one.Address!.OriginalString, one => one.Id);
        return [.. urls.Select(url => ids[url])];
    }
}
