using System.Collections.Immutable;

using McpRegistry.Core.Discovery;
using McpRegistry.Core.LoadBalancing;
using McpRegistry.Core.Modeling;
using McpRegistry.Core.Registration;

using Microsoft.Extensions.Configuration;

namespace McpRegistry.Tests.Modeling;

public sealed class ServerVariablesTests
{
    [Fact]
    public void Variables_are_those_that_service_discovery_and_the_registry_read()
    {
        Assert.Equal("services__weather__http__2", ServerVariables.Address("weather", "http", 2));
        Assert.Equal("McpRegistry__Servers__weather__Tags__0", ServerVariables.Setting("weather", ServerVariables.Tag(0)));
    }

    [Fact]
    public void What_is_said_of_a_service_arrives_as_it_was_said()
    {
        var said = new ServiceRegistration
        {
            Name = "weather",
            Type = ServiceType.External,
            Location = "Oslo",
            Tags = ["a", "b"],
            Config = new ServiceConfig
            {
                Trusted = true,
                ShowInstructions = true,
                AuthorityFile = "/etc/ssl/own.pem",
                LoadBalancing = LoadBalancingPolicyNames.RoundRobin,
                Health = new HealthSettings { Interval = TimeSpan.FromSeconds(1.5), Fall = 5 },
                Timeouts = new TimeoutSettings { Call = TimeSpan.FromMinutes(9) },
                Tools = ImmutableSortedDictionary<string, ToolSettings>.Empty.Add("x", new ToolSettings { Safe = true }).Add("y", new ToolSettings { Safe = false }),
            },
        };

        var read = Read(said);

        Assert.Equal(("external", "Oslo", true, LoadBalancingPolicyNames.RoundRobin), (read.Type, read.Location, read.Trusted, read.LoadBalancing));
        Assert.True(read.ShowInstructions);
        Assert.Equal(["a", "b"], read.Tags);
        Assert.Equal("/etc/ssl/own.pem", read.AuthorityFile);
        Assert.Equal(["x"], read.SafeTools);
        Assert.Equal((said.Config.Health, said.Config.Timeouts), (read.Health, read.Timeouts));
    }

    [Fact]
    public void Of_a_service_that_is_as_by_default_only_its_kind_is_said() =>
        Assert.Equal([(ServerVariables.Type, "fastmcp")], ServerVariables.Of(new ServiceRegistration { Name = "plain" }));

    private static DiscoveredServer Read(ServiceRegistration said)
    {
        var variables = ServerVariables.Of(said).ToDictionary(one => ServerVariables.Setting(said.Name, one.Setting).Replace("__", ":", StringComparison.Ordinal), one => (string?)one.Value);
        var section = new ConfigurationBuilder().AddInMemoryCollection(variables).Build().GetSection($"{DiscoveredServer.Section}:{said.Name}");
        return section.Get<DiscoveredServer>(options => options.ErrorOnUnknownConfiguration = true)!;
    }
}
