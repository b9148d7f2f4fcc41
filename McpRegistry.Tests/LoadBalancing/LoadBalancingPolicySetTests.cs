using McpRegistry.Core.LoadBalancing;

using Microsoft.Extensions.DependencyInjection;

namespace McpRegistry.Tests.LoadBalancing;

public sealed class LoadBalancingPolicySetTests
{
    private static readonly LoadBalancingPolicySet BuiltIn = new ServiceCollection().AddLoadBalancing().BuildServiceProvider().GetRequiredService<LoadBalancingPolicySet>();

    [Fact]
    public void Has_every_documented_policy() => Assert.Equal(LoadBalancingPolicyNames.All, BuiltIn.Names);

    [Theory]
    [InlineData("roundrobin", true)]
    [InlineData("ROUNDROBIN", true)]
    [InlineData("round-robin", false)]
    [InlineData("", false)]
    public void Finds_names_without_regard_to_case(string name, bool isThere)
    {
        Assert.Equal(isThere, BuiltIn.Contains(name));
        if (isThere) Assert.Equal("RoundRobin", BuiltIn.Create(name).Name);
        else Assert.Throws<ArgumentException>(() => BuiltIn.Create(name));
    }

    [Fact]
    public void Gives_each_service_a_policy_of_its_own()
    {
        var candidates = LoadBalancingPolicyContract.Several(3);
        var (one, other) = (BuiltIn.Create("RoundRobin"), BuiltIn.Create("RoundRobin"));

        one.Pick(candidates);

        Assert.Same(candidates[0], other.Pick(candidates));
    }

    [Fact]
    public void Refuses_two_policies_of_one_name()
    {
        var services = new ServiceCollection().AddLoadBalancing().AddLoadBalancingPolicy("random", _ => new RoundRobinPolicy()).BuildServiceProvider();

        var error = Assert.Throws<ArgumentException>(() => services.GetRequiredService<LoadBalancingPolicySet>());

        Assert.Contains("Random", error.Message, StringComparison.Ordinal);
    }
}
