using McpRegistry.Core.Registration;
using McpRegistry.Core.State;

using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Time.Testing;

using static McpRegistry.Tests.State.LiveRegistry;

namespace McpRegistry.Tests.State;

/// <summary>A name that several would like to have: the file before service discovery, and that before REST, whoever came first.</summary>
public sealed class NameClaimTests
{
    private static readonly RegistrationOrigin[] ByTrust = [RegistrationOrigin.File, RegistrationOrigin.Discovery, RegistrationOrigin.Api];

    private readonly FakeTimeProvider _time = new();
    private readonly RegistryState _state = new();
    private readonly MemoryStore _store = new();
    private readonly ServiceRegistry _registry;

    public NameClaimTests() => _registry = new ServiceRegistry(LiveRegistry.Create(_state, _time), _store, new RegistryFreshness(_time), new OwnWrites(), _time, NullLogger<ServiceRegistry>.Instance);

    public static TheoryData<int, int, int> Orders => new() { { 0, 1, 2 }, { 0, 2, 1 }, { 1, 0, 2 }, { 1, 2, 0 }, { 2, 0, 1 }, { 2, 1, 0 } };

    [Theory]
    [MemberData(nameof(Orders))]
    public async Task The_most_trusted_is_served_and_the_others_are_kept_and_come_back_one_after_the_other(int first, int second, int third)
    {
        // What is registered over REST where a more trusted one is already comes from the store.
        foreach (var at in (int[])[first, second, third]) await AddAsync(ByTrust[at]);

        Assert.Equal((RegistrationOrigin.File, 1), Served());
        Assert.Equal([RegistrationOrigin.Discovery, RegistrationOrigin.Api], Service.Shadowed.Select(one => one.Origin));
        await _registry.ApplySourceAsync(RegistrationOrigin.File, [], default);
        Assert.Equal((RegistrationOrigin.Discovery, 2), Served());
        Assert.Equal([RegistrationOrigin.Api], Service.Shadowed.Select(one => one.Origin));
        await _registry.ApplySourceAsync(RegistrationOrigin.Discovery, [], default);
        Assert.Equal((RegistrationOrigin.Api, 3), Served());
        Assert.Empty(Service.Shadowed);
    }

    [Fact]
    public async Task What_hides_another_starts_with_instances_and_lists_of_its_own()
    {
        await AddAsync(RegistrationOrigin.Api);
        var taken = Service.Instances[0];

        await _registry.ApplySourceAsync(RegistrationOrigin.File, [Http("github", 3)], default);

        Assert.NotSame(taken, Service.Instances[0]);
        Assert.True(taken.IsDraining);
    }

    [Fact]
    public async Task A_hidden_one_can_be_removed_over_REST_and_neither_changed_nor_registered_again()
    {
        await AddAsync(RegistrationOrigin.Api);
        await AddAsync(RegistrationOrigin.File);

        Assert.Equal(RegistryResultKind.NameTaken, (await _registry.RegisterAsync(Http("github", 4), default)).Kind);
        Assert.Equal(RegistryResultKind.OwnedBySource, (await _registry.ReplaceAsync(Http("github", 4), default)).Kind);
        Assert.Equal(RegistryResultKind.OwnedBySource, (await _registry.AddInstanceAsync("github", new Uri("http://127.0.0.1:4/"), default)).Kind);
        Assert.Equal(RegistryResultKind.Done, (await _registry.RemoveAsync("github", default)).Kind);
        Assert.Empty(_store.Stored);
        Assert.Equal((RegistrationOrigin.File, 1), Served());
        Assert.Empty(Service.Shadowed);
        Assert.Equal(RegistryResultKind.OwnedBySource, (await _registry.RemoveAsync("github", default)).Kind);
    }

    [Fact]
    public async Task Whoever_is_told_of_changes_hears_when_one_is_hidden_and_the_served_one_runs_on()
    {
        await AddAsync(RegistrationOrigin.File);
        var running = Service.Instances[0];
        var told = new List<RegistryChange>();
        using var subscription = _state.Subscribe(told.Add);

        await AddAsync(RegistrationOrigin.Discovery);

        Assert.Same(running, Service.Instances[0]);
        Assert.Equal(RegistryChangeKind.ServiceUpdated, Assert.Single(told).Kind);
    }

    [Fact]
    public async Task A_source_is_told_that_its_service_is_hidden()
    {
        await AddAsync(RegistrationOrigin.File);

        var problem = Assert.Single(await _registry.ApplySourceAsync(RegistrationOrigin.Discovery, [Http("github", 2)], default));

        Assert.Equal("github", problem.Field);
        Assert.Contains("origin: file", problem.Message, StringComparison.Ordinal);
    }

    private ServiceSnapshot Service => _state.Current.Services["github"];

    private (RegistrationOrigin, int) Served() => (Service.Registration.Origin, Service.Instances[0].Address!.Port);

    private async Task AddAsync(RegistrationOrigin origin)
    {
        var registration = Http("github", 1 + Array.IndexOf(ByTrust, origin));
        if (origin != RegistrationOrigin.Api)
        {
            await _registry.ApplySourceAsync(origin, [registration], default);
            return;
        }
        _store.Stored["github"] = registration with { Version = 1 };
        await _registry.LoadAsync(default);
    }
}
