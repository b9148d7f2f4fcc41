using McpRegistry.Core.Health;
using McpRegistry.Core.State;

namespace McpRegistry.Tests.Health;

public sealed class ServiceHealthTests
{
    [Theory]
    [InlineData("", HealthVerdict.Unknown)]
    [InlineData("?", HealthVerdict.Unknown)]
    [InlineData("+", HealthVerdict.Healthy)]
    [InlineData("-", HealthVerdict.Unhealthy)]
    [InlineData("-+?", HealthVerdict.Healthy)]
    [InlineData("--", HealthVerdict.Unhealthy)]
    [InlineData("-?", HealthVerdict.Unknown)]
    [InlineData("-x", HealthVerdict.Unknown)]
    public void Is_put_together_from_its_instances(string instances, HealthVerdict verdict) =>
        Assert.Equal(verdict, ServiceHealth.Of(Instances.Service([.. instances.Select(Instance)])).Verdict);

    [Fact]
    public void Tells_the_error_while_no_instance_is_healthy_and_the_time_of_those_that_are()
    {
        Assert.Equal("It cannot be reached.", ServiceHealth.Of(Instances.Service(Instance('?'), Instance('-'))).Error);

        var healthy = ServiceHealth.Of(Instances.Service(Instance('-'), Instance('+')));

        Assert.Null(healthy.Error);
        Assert.Equal(TimeSpan.FromMilliseconds(8), healthy.ResponseTime);
        Assert.NotNull(healthy.LastCheck);
    }

    [Fact]
    public void Of_a_service_that_was_never_probed_nothing_is_told() =>
        Assert.Equal(new ServiceHealth(HealthVerdict.Unknown, null, null, null), ServiceHealth.Of(Instances.Service(Instance('?'))));

    /// <summary>+ healthy, - unhealthy, ? unknown, x healthy but not connected.</summary>
    private static InstanceState Instance(char kind)
    {
        var instance = Instances.Create(client: kind == 'x' ? new FakeInstanceClient() : null);
        if (kind is '+' or 'x') instance.Health.RecordProbe(new ProbeResult(true, TimeSpan.FromMilliseconds(8)));
        for (var i = 0; kind == '-' && i < 3; i++) instance.Health.RecordProbe(new ProbeResult(false, TimeSpan.Zero, "It cannot be reached."));
        return instance;
    }
}
