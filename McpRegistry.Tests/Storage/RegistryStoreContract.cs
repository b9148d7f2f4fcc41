using System.Collections.Immutable;
using System.Text.Json;

using McpRegistry.Core.Registration;
using McpRegistry.Core.Storage;

namespace McpRegistry.Tests.Storage;

/// <summary>What every store must do.</summary>
public abstract class RegistryStoreContract
{
    /// <summary>The store under test; each call gives another one on the same data.</summary>
    private protected abstract IRegistryStore OpenStore();

    [StoreFact]
    public async Task A_new_store_is_empty() => Assert.Empty(await OpenStore().ListAsync(default));

    [StoreFact]
    public async Task What_was_added_is_listed_by_name_by_another_store_on_the_same_data()
    {
        var store = OpenStore();
        Assert.True(await store.TryAddAsync(Http("zeta"), default));
        Assert.True(await store.TryAddAsync(Http("alpha"), default));

        Assert.Equal(["alpha", "zeta"], (await OpenStore().ListAsync(default)).Select(one => one.Name));
    }

    [StoreFact]
    public async Task Everything_of_a_registration_comes_back()
    {
        var everything = Everything();
        await OpenStore().TryAddAsync(everything, default);

        var back = Assert.Single(await OpenStore().ListAsync(default));

        Assert.Equal(RegistrationJson.ToStored(everything), RegistrationJson.ToStored(back));
        Assert.Equal("key-1", back.ApiKey);
        Assert.Equal("secret in a header", back.Config.Headers["X-Key"]);
        Assert.Equal("${TOKEN}", back.Config.Headers["X-Reference"]);
        Assert.Equal("https://one.example/mcp?key=in-url", back.BaseUrl!.OriginalString);
    }

    [StoreFact]
    public async Task Everything_of_a_program_comes_back()
    {
        await OpenStore().TryAddAsync(Program(), default);

        var back = Assert.Single(await OpenStore().ListAsync(default));

        Assert.Equal(RegistrationJson.ToStored(Program()), RegistrationJson.ToStored(back));
        Assert.Equal("in-env ✓", back.Config.Env["PLAIN"]);
    }

    [StoreFact]
    public async Task A_taken_name_is_refused_and_the_first_stays()
    {
        var store = OpenStore();
        await store.TryAddAsync(Http("alpha") with { Location = "first" }, default);

        Assert.False(await store.TryAddAsync(Http("alpha") with { Location = "second" }, default));

        Assert.Equal("first", Assert.Single(await store.ListAsync(default)).Location);
    }

    [StoreFact]
    public async Task A_replacement_takes_the_place_of_the_first()
    {
        var store = OpenStore();
        await store.TryAddAsync(Http("alpha"), default);

        Assert.True(await store.TryReplaceAsync(Http("alpha") with { Version = 2, Location = "second", ApiKey = "new" }, default));

        var one = Assert.Single(await OpenStore().ListAsync(default));
        Assert.Equal(("second", "new"), (one.Location, one.ApiKey));
    }

    [StoreFact]
    public async Task Replacing_what_is_not_there_stores_nothing()
    {
        var store = OpenStore();

        Assert.False(await store.TryReplaceAsync(Http("alpha"), default));

        Assert.Empty(await store.ListAsync(default));
    }

    [StoreFact]
    public async Task A_replacement_of_what_somebody_changed_meanwhile_is_refused()
    {
        var store = OpenStore();
        await store.TryAddAsync(Http("alpha"), default);
        await OpenStore().TryReplaceAsync(Http("alpha") with { Version = 2, Location = "theirs" }, default);

        Assert.False(await store.TryReplaceAsync(Http("alpha") with { Version = 2, Location = "ours" }, default));

        Assert.Equal("theirs", Assert.Single(await store.ListAsync(default)).Location);
    }

    [StoreFact]
    public async Task A_replacement_of_what_was_removed_and_registered_anew_is_refused()
    {
        var store = OpenStore();
        await store.TryAddAsync(Http("alpha"), default);
        await store.TryRemoveAsync("alpha", default);
        await store.TryAddAsync(Http("alpha") with { CreatedAt = DateTimeOffset.UnixEpoch, Location = "another" }, default);

        Assert.False(await store.TryReplaceAsync(Http("alpha") with { Version = 2 }, default));

        Assert.Equal("another", Assert.Single(await store.ListAsync(default)).Location);
    }

    [StoreFact]
    public async Task Drained_instances_are_kept_until_they_are_taken_back()
    {
        var store = OpenStore();
        await store.SetDrainedAsync(new InstanceName("beta", "one"), true, default);
        await store.SetDrainedAsync(new InstanceName("alpha", "one"), true, default);
        await store.SetDrainedAsync(new InstanceName("alpha", "one"), true, default);
        Assert.Equal([new InstanceName("alpha", "one"), new InstanceName("beta", "one")], (await OpenStore().ListDrainedAsync(default)).OrderBy(one => one.Service));

        await store.SetDrainedAsync(new InstanceName("alpha", "one"), false, default);

        Assert.Equal(new InstanceName("beta", "one"), Assert.Single(await OpenStore().ListDrainedAsync(default)));
    }

    [StoreFact]
    public async Task Removing_works_once()
    {
        var store = OpenStore();
        await store.TryAddAsync(Http("alpha"), default);
        await store.TryAddAsync(Http("beta"), default);

        Assert.True(await store.TryRemoveAsync("alpha", default));
        Assert.False(await store.TryRemoveAsync("alpha", default));

        Assert.Equal("beta", Assert.Single(await OpenStore().ListAsync(default)).Name);
    }

    [StoreFact]
    public async Task Of_many_who_add_one_name_at_once_one_succeeds()
    {
        IRegistryStore[] stores = [OpenStore(), OpenStore()];
        var results = await Task.WhenAll(Enumerable.Range(0, 20).Select(i => Task.Run(() =>
            stores[i % 2].TryAddAsync(Http("alpha") with { Location = $"writer {i}" }, default).AsTask())));

        Assert.Single(results, added => added);
        var winner = Assert.Single(await OpenStore().ListAsync(default));
        Assert.Equal($"writer {Array.IndexOf(results, true)}", winner.Location);
    }

    [StoreFact]
    public async Task A_call_cancelled_beforehand_stores_nothing()
    {
        var store = OpenStore();

        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => store.TryAddAsync(Http("alpha"), new CancellationToken(true)).AsTask());

        Assert.Empty(await store.ListAsync(default));
    }

    private protected static ServiceRegistration Http(string name) => new() { Name = name, Version = 1, BaseUrl = new Uri("http://localhost:9/mcp") };

    private protected static ServiceRegistration Everything() => new()
    {
        Name = "everything",
        Type = ServiceType.FastApi,
        Location = "über there",
        BaseUrl = new Uri("https://one.example/mcp?key=in-url"),
        ApiKey = "key-1",
        Tags = ["a", "b"],
        CreatedAt = new DateTimeOffset(2026, 11, 22, 12, 0, 0, 1, TimeSpan.Zero),
        UpdatedAt = new DateTimeOffset(2026, 11, 22, 12, 0, 0, 2, TimeSpan.Zero),
        Config = new ServiceConfig
        {
            Headers = ImmutableSortedDictionary<string, string>.Empty.Add("X-Key", "secret in a header").Add("X-Reference", "${TOKEN}"),
            Instances = [new Uri("https://two.example/mcp"), new Uri("https://three.example/mcp?key=second-in-url")],
            Trusted = true,
            LoadBalancing = "LatencyAware",
            OpenApi = "/docs/openapi.json",
            Health = new HealthSettings { Interval = TimeSpan.FromMilliseconds(1500), Timeout = TimeSpan.FromMilliseconds(250), Fall = 5, Rise = 4, Path = "/healthz" },
            Timeouts = new TimeoutSettings { Connect = TimeSpan.FromTicks(1), Startup = TimeSpan.FromMinutes(2), Idle = TimeSpan.FromSeconds(7), Call = TimeSpan.FromHours(1) },
            Tools = ImmutableSortedDictionary<string, ToolSettings>.Empty.Add("search", new ToolSettings
            {
                Safe = true,
                Description = "Finds things",
                InputSchema = JsonElement.Parse("""{"type":"object","properties":{"q":{"type":"string"}}}"""),
            }),
        },
    };

    private protected static ServiceRegistration Program() => new()
    {
        Name = "program",
        Protocol = ServiceProtocol.Stdio,
        Config = new ServiceConfig
        {
            Command = "node",
            Args = ["-e", "1\n2"],
            Env = ImmutableSortedDictionary<string, string>.Empty.Add("PLAIN", "in-env ✓").Add("REFERENCE", "env:TOKEN"),
            Cwd = "/srv",
            Replicas = 3,
        },
    };
}
