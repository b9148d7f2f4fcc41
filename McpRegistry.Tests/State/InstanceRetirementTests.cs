using McpRegistry.Core.Health;
using McpRegistry.Core.Registration;
using McpRegistry.Core.State;
using McpRegistry.Core.Upstream;
using McpRegistry.Tests.Fakes;

using Microsoft.Extensions.Logging.Abstractions;

namespace McpRegistry.Tests.State;

public sealed class InstanceRetirementTests
{
    [Fact]
    public async Task Calls_in_flight_of_a_removed_instance_end_by_themselves_however_long_they_take()
    {
        var time = new SteppedClock();
        var client = new EndingClient();
        var instance = new InstanceState("svc", "1", null, client, new InstanceHealth(new HealthSettings(), time, new Random(1)), new InstanceLoad(1, 0));
        using var retirement = new InstanceRetirement(new RegistryState(), time, NullLogger<InstanceRetirement>.Instance);
        var entered = await instance.Load.TryEnterAsync(time, TimeSpan.Zero, CancellationToken.None);

        retirement.Retire([instance]);
        await time.PassAsync(TimeSpan.FromMinutes(4), TimeSpan.FromSeconds(2));
        Assert.Equal((true, false), (instance.IsDraining, client.HasEnded));

        instance.Load.Exit(time, entered!.Value, answered: true);
        await time.UntilAsync(() => client.HasEnded, "the connection ends", TimeSpan.FromSeconds(1));
        // A call that is late gives its slot back to nobody, and harms nobody.
        Assert.NotNull(await instance.Load.TryEnterAsync(time, TimeSpan.Zero, CancellationToken.None));
    }

    [Fact]
    public async Task A_stop_waits_for_no_call()
    {
        var time = new SteppedClock();
        var client = new EndingClient();
        var instance = new InstanceState("svc", "1", null, client, new InstanceHealth(new HealthSettings(), time, new Random(1)), new InstanceLoad(1, 0));
        using var retirement = new InstanceRetirement(new RegistryState(), time, NullLogger<InstanceRetirement>.Instance);
        await instance.Load.TryEnterAsync(time, TimeSpan.Zero, CancellationToken.None);
        retirement.Retire([instance]);

        await retirement.StopAsync(CancellationToken.None).WaitAsync(TimeSpan.FromSeconds(30));

        Assert.True(client.HasEnded);
    }

    private sealed class EndingClient : IInstanceClient
    {
        private volatile bool _hasEnded;

        public bool HasEnded => _hasEnded;

        public InstanceConnection? Connection => null;

        public Task ConnectAsync(CancellationToken cancellationToken) => Task.CompletedTask;

        public ValueTask<UpstreamReply> SendAsync(UpstreamRequest request, CancellationToken cancellationToken) => throw new NotSupportedException();

        public ValueTask DisposeAsync()
        {
            _hasEnded = true;
            return ValueTask.CompletedTask;
        }
    }
}
