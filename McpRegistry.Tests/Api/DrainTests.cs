using McpRegistry.Api.Startup;
using McpRegistry.Core.Calls;
using McpRegistry.Core.State;
using McpRegistry.Tests.Api.Harness;

using Microsoft.AspNetCore.Builder;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Diagnostics.HealthChecks;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Time.Testing;

namespace McpRegistry.Tests.Api;

public sealed class DrainTests
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(10);
    private readonly FakeTimeProvider _time = new();

    [Fact]
    public async Task Requests_are_taken_for_the_drain_delay_and_their_connections_end()
    {
        await using var host = await StartAsync("00:00:05");
        var before = await host.GetAsync("/api/services");

        var stopping = host.StopAsync();
        var during = await host.GetAsync("/api/services");

        Assert.DoesNotContain("Connection", before.Headers.Keys);
        Assert.Equal((200, "close"), (during.Status, during.Headers["Connection"]));
        Assert.False(stopping.IsCompleted);
        _time.Advance(TimeSpan.FromSeconds(5));
        await stopping.WaitAsync(Patience);
        await Assert.ThrowsAsync<HttpRequestException>(() => host.GetAsync("/api/services"));
    }

    [Fact]
    public async Task A_new_event_stream_is_refused_while_the_gateway_drains()
    {
        await using var host = await StartAsync("00:00:05");

        var stopping = host.StopAsync();
        var refused = await host.GetAsync("/api/events");

        refused.IsProblem(503, "draining");
        _time.Advance(TimeSpan.FromSeconds(5));
        await stopping.WaitAsync(Patience);
    }

    [Fact]
    public async Task Alone_on_a_machine_a_gateway_stops_at_once()
    {
        await using var host = await StartAsync(null);

        await host.StopAsync().WaitAsync(Patience);
    }

    [Fact]
    public async Task Calls_are_given_up_two_seconds_before_the_host_loses_its_patience()
    {
        await using var host = await StartAsync("00:00:05");
        var drain = host.Get<CallDrain>();

        var stopping = host.StopAsync();
        _time.Advance(TimeSpan.FromSeconds(27));
        Assert.False(drain.IsOver);
        _time.Advance(TimeSpan.FromSeconds(1));

        Assert.True(drain.IsOver);
        await stopping.WaitAsync(Patience);
    }

    [Fact]
    public async Task A_new_gateway_is_ready_when_each_service_was_looked_at()
    {
        var state = new RegistryState();
        state.Put(Services.Ready("up", "echo"));
        state.Put(Services.Ready("coming") with { Condition = ServiceCondition.Starting });
        var check = new FirstRound(state, _time);

        Assert.Equal(HealthStatus.Unhealthy, await StatusAsync(check));
        state.Put(Services.Ready("coming") with { Condition = ServiceCondition.Unavailable });
        Assert.Equal(HealthStatus.Healthy, await StatusAsync(check));
        state.Put(Services.Ready("later") with { Condition = ServiceCondition.Starting });
        Assert.Equal(HealthStatus.Healthy, await StatusAsync(check));
    }

    [Fact]
    public async Task A_service_that_never_comes_up_holds_a_new_gateway_for_five_seconds()
    {
        var state = new RegistryState();
        state.Put(Services.Ready("never") with { Condition = ServiceCondition.Starting });
        var check = new FirstRound(state, _time);

        _time.Advance(TimeSpan.FromSeconds(4));
        Assert.Equal(HealthStatus.Unhealthy, await StatusAsync(check));
        _time.Advance(TimeSpan.FromSeconds(1));
        Assert.Equal(HealthStatus.Healthy, await StatusAsync(check));
    }

    [Fact]
    public async Task The_five_seconds_of_a_new_gateway_begin_with_its_start_and_not_with_the_first_question()
    {
        var builder = WebApplication.CreateSlimBuilder(["--ConnectionStrings:redis=127.0.0.1:1"]);
        builder.AddStartupReport();
        builder.Services.Remove(builder.Services.Single(one => one.ImplementationType == typeof(StartupReport)));
        var state = new RegistryState();
        state.Put(Services.Ready("never") with { Condition = ServiceCondition.Starting });
        builder.Services.AddSingleton(state).AddSingleton<TimeProvider>(_time);
        await using var services = builder.Services.BuildServiceProvider();
        Assert.NotEmpty(services.GetServices<IHostedService>());

        _time.Advance(TimeSpan.FromSeconds(5));

        Assert.Equal(HealthStatus.Healthy, await StatusAsync(services.GetRequiredService<FirstRound>()));
    }

    private static async Task<HealthStatus> StatusAsync(FirstRound check) => (await check.CheckHealthAsync(new HealthCheckContext(), CancellationToken.None)).Status;

    private Task<RestHost> StartAsync(string? drainDelay) =>
        RestHost.StartAsync(drainDelay is null ? null : new() { ["McpRegistry:Http:DrainDelay"] = drainDelay }, _time);
}
