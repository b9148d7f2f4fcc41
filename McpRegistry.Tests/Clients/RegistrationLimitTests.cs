using System.Collections.Immutable;

using McpRegistry.Core.Registration;
using McpRegistry.Core.Registration.Limits;
using McpRegistry.Core.State;
using McpRegistry.Tests.Api.Harness;
using McpRegistry.Tests.State;

using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Options;
using Microsoft.Extensions.Time.Testing;

namespace McpRegistry.Tests.Clients;

public sealed class RegistrationLimitTests
{
    private readonly FakeTimeProvider _time = new();
    private readonly RegistryState _state = new();
    private readonly MemoryStore _store = new();

    [Fact]
    public async Task So_many_services_are_registered_over_REST_and_no_more()
    {
        var registry = With(new RegistrationOptions { MaxServices = 2 });
        Assert.Equal(RegistryResultKind.Done, (await registry.RegisterAsync(LiveRegistry.Http("a", 1), default)).Kind);
        Assert.Equal(RegistryResultKind.Done, (await registry.RegisterAsync(LiveRegistry.Http("b", 2), default)).Kind);

        var refused = await registry.RegisterAsync(LiveRegistry.Http("c", 3), default);

        Assert.Equal(RegistryResultKind.NoRoom, refused.Kind);
        Assert.Contains("McpRegistry:Registration:MaxServices", Assert.Single(refused.Errors).Message, StringComparison.Ordinal);
        Assert.Equal(2, _store.Stored.Count);
        // The file is the operator's; what is there may be changed, and one that goes makes room.
        Assert.Empty(await registry.ApplySourceAsync(RegistrationOrigin.File, [LiveRegistry.Http("f", 4)], default));
        Assert.Equal(RegistryResultKind.Done, (await registry.ReplaceAsync(LiveRegistry.Http("a", 5), default)).Kind);
        Assert.Equal(RegistryResultKind.Done, (await registry.RemoveAsync("b", default)).Kind);
        Assert.Equal(RegistryResultKind.Done, (await registry.RegisterAsync(LiveRegistry.Http("c", 3), default)).Kind);
    }

    [Fact]
    public async Task One_that_is_too_large_is_refused_however_it_became_so()
    {
        var registry = With(new RegistrationOptions { MaxBytes = 2048 });
        var large = LiveRegistry.Http("large", 1) with { Config = new ServiceConfig { Headers = ImmutableSortedDictionary<string, string>.Empty.Add("X-Large", new string('l', 3000)) } };

        var refused = await registry.RegisterAsync(large, default);
        await registry.RegisterAsync(LiveRegistry.Http("grows", 1), default);
        var replaced = await registry.ReplaceAsync(large with { Name = "grows" }, default);
        RegistryResult grown = new(RegistryResultKind.Done);
        for (var port = 2000; grown.Kind == RegistryResultKind.Done && port < 2060; port++) grown = await registry.AddInstanceAsync("grows", new Uri($"http://127.0.0.1:{port}/a-long-path"), default);

        foreach (var result in (RegistryResult[])[refused, replaced, grown])
        {
            Assert.Equal(RegistryResultKind.Invalid, result.Kind);
            Assert.Contains("McpRegistry:Registration:MaxBytes", Assert.Single(result.Errors).Message, StringComparison.Ordinal);
        }
        Assert.InRange(RegistrationJson.ToStored(_store.Stored["grows"]).Length, 1000, 2048);
    }

    [Fact]
    public async Task All_together_have_a_limit_of_their_own()
    {
        var registry = With(new RegistrationOptions { MaxTotalBytes = 4096 });
        RegistryResult result;
        var count = 0;
        do result = await registry.RegisterAsync(LiveRegistry.Http($"s{++count}", count), default);
        while (result.Kind == RegistryResultKind.Done);

        Assert.Equal(RegistryResultKind.NoRoom, result.Kind);
        Assert.Contains("McpRegistry:Registration:MaxTotalBytes", Assert.Single(result.Errors).Message, StringComparison.Ordinal);
        Assert.InRange(_store.Stored.Values.Sum(one => RegistrationJson.ToStored(one).Length), 3000, 4096);
    }

    [Fact]
    public async Task REST_names_the_limit_that_is_reached()
    {
        await using var gateway = await WholeGateway.StartAsync(new() { ["McpRegistry:Registration:MaxServices"] = "1", ["McpRegistry:Registration:MaxBytes"] = "2048" });
        var first = await RegisterAsync(gateway, "first", "{}");
        var second = await RegisterAsync(gateway, "second", "{}");
        var large = await RegisterAsync(gateway, "third", $$"""{"headers":{"X-Large":"{{new string('x', 4000)}}"} }""");

        Assert.Equal(201, first.Status);
        Assert.Equal(409, second.Status);
        Assert.Contains("McpRegistry:Registration:MaxServices", second.All, StringComparison.Ordinal);
        Assert.Equal(400, large.Status);
        Assert.Contains("McpRegistry:Registration:MaxBytes", large.All, StringComparison.Ordinal);
    }

    private static Task<(int Status, string All)> RegisterAsync(WholeGateway gateway, string name, string config) => gateway.SendAsync(
        HttpMethod.Post, "/api/services", $$"""{"name":"{{name}}","type":"fastmcp","protocol":"http","base_url":"http://127.0.0.1:9/mcp","config":{{config}} }""");

    private ServiceRegistry With(RegistrationOptions options) => new(
        LiveRegistry.Create(_state, _time), _store, new RegistryFreshness(_time), new OwnWrites(), _time, NullLogger<ServiceRegistry>.Instance, Options.Create(options));
}
