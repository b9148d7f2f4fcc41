using System.Diagnostics.CodeAnalysis;

using McpRegistry.Core.Discovery;
using McpRegistry.Core.LoadBalancing;
using McpRegistry.Core.Registration;
using McpRegistry.Core.State;

using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Primitives;
using Microsoft.Extensions.ServiceDiscovery;

namespace McpRegistry.Tests.Discovery;

public sealed class ServiceDiscoverySourceTests : IAsyncDisposable
{
    private readonly RecordingRegistry _registry = new();
    private readonly Settings _settings = new();
    private readonly OddProvider _provider = new();
    private ServiceProvider? _services;
    private LoadBalancingPolicySet? _policies;

    public async ValueTask DisposeAsync()
    {
        if (_services is not null) await _services.DisposeAsync();
    }

    [Fact]
    public async Task Every_address_of_a_server_is_an_instance_of_one_service()
    {
        await StartAsync(
            ("McpRegistry:Servers:weather:Tags:0", "demo"),
            ("services:weather:http:0", "http://localhost:7001"),
            ("services:weather:http:1", "http://localhost:7002"),
            ("services:weather:http:2", "http://localhost:7003"));

        var weather = Assert.Single(_registry.Current);
        Assert.Equal((RegistrationOrigin.Discovery, ServiceType.FastMcp), (weather.Origin, weather.Type));
        Assert.Equal("http://localhost:7001/mcp http://localhost:7002/mcp http://localhost:7003/mcp", Addresses(weather));
        Assert.Equal("demo", Assert.Single(weather.Tags));
    }

    [Fact]
    public async Task Instances_are_called_as_the_model_calls_them_and_by_their_addresses_where_it_does_not()
    {
        await StartAsync(
            ("McpRegistry:Servers:weather:InstanceNames:0", "weather-0"),
            ("McpRegistry:Servers:weather:InstanceNames:1", "Weather.1"),
            ("services:weather:http:0", "http://localhost:7001"),
            ("services:weather:http:1", "http://localhost:7002"),
            ("services:weather:http:2", "http://localhost:7003"));

        Assert.Equal(["weather-0", "Weather.1", "localhost-7003"], InstanceIds.Of(Assert.Single(_registry.Current)).Select(one => one.Id));
    }

    [Theory]
    [InlineData("same", "SAME", "Two instances have one name.")]
    [InlineData("a/b", "c", "letters, digits, dots and hyphens")]
    public async Task Names_that_could_not_be_ids_are_told_and_the_service_is_there_all_the_same(string first, string second, string told)
    {
        var source = await StartAsync(
            ("McpRegistry:Servers:weather:InstanceNames:0", first),
            ("McpRegistry:Servers:weather:InstanceNames:1", second),
            ("services:weather:http:0", "http://localhost:7001"),
            ("services:weather:http:1", "http://localhost:7002"));

        Assert.Equal(["localhost-7001", "localhost-7002"], InstanceIds.Of(Assert.Single(_registry.Current)).Select(one => one.Id));
        Assert.Contains(told, Assert.Single(source.Problems, one => one.Field == "weather.instance_names").Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Everything_the_model_may_say_of_a_server_is_read()
    {
        await StartAsync(
            ("services:all:https:0", "https://one.example"),
            ("McpRegistry:Servers:all:Type", "external"),
            ("McpRegistry:Servers:all:Path", "/v1/mcp"),
            ("McpRegistry:Servers:all:Location", "Mars"),
            ("McpRegistry:Servers:all:Trusted", "true"),
            ("McpRegistry:Servers:all:LoadBalancing", "RoundRobin"),
            ("McpRegistry:Servers:all:ApiKey", "env:KEY"),
            ("McpRegistry:Servers:all:Headers:X-Team", "blue"),
            ("McpRegistry:Servers:all:SafeTools:0", "search"),
            ("McpRegistry:Servers:all:Health:Interval", "00:00:07"),
            ("McpRegistry:Servers:all:Timeouts:Call", "00:01:40"));

        var all = Assert.Single(_registry.Current);
        Assert.Equal("https://one.example/v1/mcp", all.BaseUrl!.AbsoluteUri);
        Assert.Equal((ServiceType.External, "Mars", true, "RoundRobin", "env:KEY"), (all.Type, all.Location, all.Config.Trusted, all.Config.LoadBalancing, all.ApiKey));
        Assert.Equal("blue", all.Config.Headers["X-Team"]);
        Assert.True(all.Config.Tools["search"].Safe);
        Assert.Equal((TimeSpan.FromSeconds(7), TimeSpan.FromSeconds(100)), (all.Config.Health.Interval, all.Config.Timeouts.Call));
    }

    [Fact]
    public async Task An_address_that_a_platform_put_behind_TLS_is_found_where_the_plain_one_was_filed()
    {
        await StartAsync(
            ("services:weather:http:0", "https://weather-0.internal.example"),
            ("services:weather:http:1", "https://weather-1.internal.example"),
            ("McpRegistry:Servers:weather:Type", "fastmcp"));

        Assert.Equal("https://weather-0.internal.example/mcp https://weather-1.internal.example/mcp", Addresses(Assert.Single(_registry.Current)));
    }

    [Fact]
    public async Task An_address_with_a_path_keeps_it_and_a_plain_HTTP_service_needs_none()
    {
        await StartAsync(
            ("services:ext:https:0", "https://one.example/own/mcp"),
            ("McpRegistry:Servers:ext:Type", "external"),
            ("services:plain:http:0", "http://localhost:7001"),
            ("McpRegistry:Servers:plain:Type", "fastapi"));

        Assert.Equal("https://one.example/own/mcp", Addresses(_registry.Current.Single(one => one.Name == "ext")));
        Assert.Equal("http://localhost:7001/", Addresses(_registry.Current.Single(one => one.Name == "plain")));
    }

    [Fact]
    public async Task A_server_that_is_wrong_costs_no_other_one()
    {
        var source = await StartAsync(
            ("services:good:http:0", "http://localhost:7001"),
            ("McpRegistry:Servers:good:Type", "fastmcp"),
            ("McpRegistry:Servers:homeless:Type", "fastmcp"),
            ("services:misspelt:http:0", "http://localhost:7002"),
            ("McpRegistry:Servers:misspelt:Tgas:0", "x"),
            ("services:strange:http:0", "http://localhost:7003"),
            ("McpRegistry:Servers:strange:LoadBalancing", "Astrology"));

        Assert.Equal("good", _registry.Names);
        Assert.Contains(source.Problems, one => one is { Field: "homeless" } && one.Message.Contains("services__homeless__http__0", StringComparison.Ordinal));
        Assert.Contains(source.Problems, one => one.Field == "misspelt");
        Assert.Contains(source.Problems, one => one.Field.StartsWith("strange.", StringComparison.Ordinal));
    }

    [Fact]
    public async Task Addresses_that_come_and_go_are_noticed_while_running()
    {
        await StartAsync(("McpRegistry:Servers:weather:Type", "fastmcp"), ("services:weather:http:0", "http://localhost:7001"));

        _settings.Change("services:weather:http:1", "http://localhost:7002");
        await _registry.WaitUntilAsync(one => one.Current is [var weather] && Addresses(weather) == "http://localhost:7001/mcp http://localhost:7002/mcp");

        _settings.Change("services:weather:http:0", null);
        await _registry.WaitUntilAsync(one => one.Current is [var weather] && Addresses(weather) == "http://localhost:7002/mcp");
    }

    [Fact]
    public async Task A_registry_that_fails_once_is_asked_again()
    {
        await StartAsync(("McpRegistry:Servers:weather:Type", "fastmcp"), ("services:weather:http:0", "http://localhost:7001"));
        var failures = 0;
        _registry.Failure = () => failures++ == 0 ? new InvalidOperationException("once") : null;

        _settings.Change("services:weather:http:0", "http://localhost:7009");
        while (failures == 0) await Task.Yield();
        _settings.Change("services:weather:http:1", "http://localhost:7010");

        await _registry.WaitUntilAsync(one => one.Current is [var weather] && Addresses(weather) == "http://localhost:7009/mcp http://localhost:7010/mcp");
    }

    [Fact]
    public async Task A_provider_that_fails_for_one_name_stops_neither_the_start_nor_the_others_and_the_name_stays_where_it_was()
    {
        _provider.Fails.Add("bad");
        var source = await StartAsync(
            ("McpRegistry:Servers:good:Type", "fastmcp"), ("services:good:http:0", "http://localhost:7001"),
            ("McpRegistry:Servers:bad:Type", "fastmcp"), ("services:bad:http:0", "http://localhost:7002"));
        Assert.Equal("good", _registry.Names);
        Assert.Equal("bad", Assert.Single(source.Problems).Field);

        _provider.Fails.Clear();
        Assert.Empty(await source.RefreshAsync(default));
        Assert.Equal("bad good", _registry.Names);

        _provider.Fails.Add("good");
        _settings.Set("services:bad:http:1", "http://localhost:7003");
        var problem = Assert.Single(await source.RefreshAsync(default));

        Assert.Equal("good", problem.Field);
        Assert.DoesNotContain("inside", problem.Message, StringComparison.Ordinal);
        Assert.Equal("http://localhost:7001/mcp", Addresses(_registry.Current.Single(one => one.Name == "good")));
        Assert.Equal("http://localhost:7002/mcp http://localhost:7003/mcp", Addresses(_registry.Current.Single(one => one.Name == "bad")));
    }

    [Fact]
    public async Task A_provider_that_hangs_for_one_name_holds_up_nothing_for_longer_than_ten_seconds()
    {
        _provider.Hangs.Add("bad");
        var starting = StartAsync(
            ("McpRegistry:Servers:good:Type", "fastmcp"), ("services:good:http:0", "http://localhost:7001"),
            ("McpRegistry:Servers:bad:Type", "fastmcp"), ("services:bad:http:0", "http://localhost:7002"));

        var source = await starting.WaitAsync(TimeSpan.FromSeconds(60));

        Assert.Equal("good", _registry.Names);
        Assert.Equal("bad", Assert.Single(source.Problems).Field);
    }

    [Fact]
    public async Task A_registry_that_fails_at_the_start_does_not_stop_it()
    {
        var failures = 0;
        _registry.Failure = () => failures++ == 0 ? new InvalidOperationException("once") : null;

        var source = await StartAsync(("McpRegistry:Servers:weather:Type", "fastmcp"), ("services:weather:http:0", "http://localhost:7001"));

        await source.RefreshAsync(default);
        Assert.Equal("weather", _registry.Names);
    }

    [Fact]
    public async Task A_policy_of_ones_own_may_be_named()
    {
        _policies = new LoadBalancingPolicySet([new LoadBalancingPolicyFactory("MyOwn", () => new RoundRobinPolicy())]);

        await StartAsync(("McpRegistry:Servers:weather:LoadBalancing", "myown"), ("services:weather:http:0", "http://localhost:7001"));

        Assert.Equal("weather", _registry.Names);
    }

    private async Task<ServiceDiscoverySource> StartAsync(params (string Key, string Value)[] settings)
    {
        foreach (var (key, value) in settings) _settings.Set(key, value);
        var configuration = new ConfigurationBuilder().Add(_settings).Build();
        var services = new ServiceCollection();
        services.AddSingleton<IConfiguration>(configuration);
        services.AddSingleton<IServiceRegistry>(_registry);
        services.AddSingleton(typeof(ILogger<>), typeof(NullLogger<>));
        services.AddLogging();
        services.AddEndpointDiscovery();
        services.AddSingleton<IServiceEndpointProviderFactory>(_provider);
        if (_policies is not null) services.AddSingleton(_policies);
        _services = services.BuildServiceProvider();
        foreach (var hosted in _services.GetServices<IHostedService>()) await hosted.StartAsync(default);
        return _services.GetRequiredService<ServiceDiscoverySource>();
    }

    private static string Addresses(ServiceRegistration registration) =>
        string.Join(' ', registration.Config.Instances.Prepend(registration.BaseUrl!).Select(one => one.AbsoluteUri));

    /// <summary>A provider of addresses that knows none and fails or hangs for some names.</summary>
    private sealed class OddProvider : IServiceEndpointProviderFactory
    {
        public HashSet<string> Fails { get; } = [];

        public HashSet<string> Hangs { get; } = [];

        public bool TryCreateProvider(ServiceEndpointQuery query, [NotNullWhen(true)] out IServiceEndpointProvider? provider)
        {
            provider = new OfName(this, query.ServiceName);
            return true;
        }

        private sealed class OfName(OddProvider all, string name) : IServiceEndpointProvider
        {
            public async ValueTask PopulateAsync(IServiceEndpointBuilder endpoints, CancellationToken cancellationToken)
            {
                if (all.Hangs.Contains(name)) await new TaskCompletionSource().Task;
                // Asked again each time.
                endpoints.AddChangeToken(new CancellationChangeToken(new CancellationToken(canceled: true)));
                if (all.Fails.Contains(name)) throw new InvalidOperationException("the inside of the provider");
            }

            public ValueTask DisposeAsync() => ValueTask.CompletedTask;
        }
    }

    /// <summary>Settings that change while they are used.</summary>
    private sealed class Settings : ConfigurationProvider, IConfigurationSource
    {
        public IConfigurationProvider Build(IConfigurationBuilder builder) => this;

        public void Change(string key, string? value)
        {
            if (value is null) Data.Remove(key);
            else Data[key] = value;
            OnReload();
        }
    }
}
