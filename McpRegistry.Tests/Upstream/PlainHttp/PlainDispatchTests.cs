using System.Text;

using McpRegistry.Core.Calls;
using McpRegistry.Core.Health;
using McpRegistry.Core.Json;
using McpRegistry.Core.LoadBalancing;
using McpRegistry.Core.Registration;
using McpRegistry.Core.State;
using McpRegistry.Core.Upstream;

using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Options;

namespace McpRegistry.Tests.Upstream.PlainHttp;

/// <summary>Calls of a plain HTTP service with two instances, through the dispatcher.</summary>
public sealed class PlainDispatchTests : IAsyncLifetime
{
    private RecordingService _one = null!;
    private RecordingService _two = null!;
    private ServiceSnapshot _service = null!;

    public async Task InitializeAsync()
    {
        _one = await ServiceAsync();
        _two = await ServiceAsync();
        _service = new ServiceSnapshot
        {
            Registration = new ServiceRegistration { Name = "plain", Type = ServiceType.FastApi },
            Policy = new FirstPolicy(),
            Instances = [Instance("1", _one), Instance("2", _two)],
        };
    }

    public async Task DisposeAsync()
    {
        await _one.DisposeAsync();
        await _two.DisposeAsync();
    }

    [Theory]
    [InlineData(301)]
    [InlineData(302)]
    [InlineData(303)]
    [InlineData(403)]
    [InlineData(404)]
    [InlineData(405)]
    [InlineData(409)]
    [InlineData(422)]
    [InlineData(429)]
    [InlineData(500)]
    [InlineData(503)]
    public async Task A_call_that_a_service_answered_is_never_made_a_second_time(int status)
    {
        foreach (var service in (RecordingService[])[_one, _two])
        {
            service.OnCall = context =>
            {
                context.Response.StatusCode = status;
                context.Response.Headers.Location = "/orders/1";
                return context.Response.WriteAsync("{\"detail\":\"customer 7 not found\"}");
            };
        }

        using var ended = await DispatchAsync("""{"id":"7"}""");

        Assert.Equal(1, _one.Calls.Count + _two.Calls.Count);
        Assert.True(ended.Failure is null || ended.MaybeExecuted);
    }

    [Theory]
    [InlineData(401)]
    [InlineData(307)]
    public async Task A_call_that_was_not_executed_by_definition_goes_to_the_other_instance(int status)
    {
        _one.OnCall = context =>
        {
            context.Response.StatusCode = status;
            return Task.CompletedTask;
        };

        using var ended = await DispatchAsync("""{"id":"7"}""");

        Assert.Equal((null, 2), (ended.Failure, ended.Attempts));
    }

    [Fact]
    public async Task Half_an_emoji_of_a_caller_takes_the_service_from_nobody()
    {
        for (var i = 0; i < 5; i++)
        {
            using var refused = await DispatchAsync("""{"id":"\ud800"}""");
            Assert.Equal((ErrorCode.InvalidArguments, false, 1), (refused.Failure, refused.MaybeExecuted, refused.Attempts));
        }

        // Beyond what servers take for a URL they cut the connection, which would look like a failure of theirs.
        using var huge = await DispatchAsync($$"""{"id":"{{new string('a', 200_000)}}"}""");
        Assert.Equal((ErrorCode.InvalidArguments, false), (huge.Failure, huge.MaybeExecuted));

        Assert.All(_service.Instances, instance => Assert.True(instance.Health.IsAvailable));
        using var good = await DispatchAsync("""{"id":"7"}""");
        Assert.Equal((null, 1), (good.Failure, good.Attempts));
    }

    private static async Task<RecordingService> ServiceAsync()
    {
        var service = await RecordingService.WithPathsAsync("""{"/orders/{id}":{"post":{"operationId":"pay"}}}""");
        await service.Upstream.ConnectAsync();
        return service;
    }

    private static InstanceState Instance(string id, RecordingService service) =>
        new("plain", id, new Uri(service.Origin), service.Upstream.Client, new InstanceHealth(new HealthSettings(), TimeProvider.System, new Random(1)), new InstanceLoad(64, 128));

    private async Task<CallOutcome> DispatchAsync(string arguments)
    {
        var dispatcher = new CallDispatcher(new CallDrain(), TimeProvider.System, Options.Create(new UpstreamOptions()), NullLogger<CallDispatcher>.Instance);
        var call = new UpstreamCall
        {
            Service = _service,
            Method = "tools/call",
            Target = "pay",
            Params = RequestParams.Parse(Encoding.UTF8.GetBytes($$"""{"name":"pay","arguments":{{arguments}}}""")),
            IsSafe = false,
        };
        return await dispatcher.DispatchAsync(call, CancellationToken.None).AsTask().WaitAsync(TimeSpan.FromSeconds(60));
    }

    private sealed class FirstPolicy : ILoadBalancingPolicy
    {
        public string Name => "First";

        public InstanceState Pick(ReadOnlySpan<InstanceState> candidates) => candidates[0];
    }
}
