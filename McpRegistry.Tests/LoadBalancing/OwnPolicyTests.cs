using System.Text;

using McpRegistry.Core.Calls;
using McpRegistry.Core.Json;
using McpRegistry.Core.LoadBalancing;
using McpRegistry.Core.Registration;
using McpRegistry.Core.State;
using McpRegistry.Tests.Api.Harness;
using McpRegistry.Tests.Upstream.Http;

namespace McpRegistry.Tests.LoadBalancing;

/// <summary>A policy that is not built in, from its registration in the container to a call.</summary>
public sealed class OwnPolicyTests
{
    [Fact]
    public async Task A_policy_of_ones_own_is_named_in_whatever_case_and_picks_for_calls()
    {
        await using var one = await ScriptedServer.StartAsync(McpRegistry.Core.Upstream.ProtocolEra.Modern, AnswerAsync);
        await using var other = await ScriptedServer.StartAsync(McpRegistry.Core.Upstream.ProtocolEra.Modern, AnswerAsync);
        await using var gateway = await WholeGateway.StartAsync(configure: services => services.AddLoadBalancingPolicy("LastByPort", _ => new LastByPort()));

        var (status, answer) = await RegisterAsync("lastBYport");
        Assert.True(status == 201, answer);
        (status, answer) = await RegisterAsync("Astrology", "second");
        Assert.Equal(400, status);
        Assert.Contains("LastByPort", answer, StringComparison.Ordinal);
        Assert.Contains("PowerOfTwoChoices", answer, StringComparison.Ordinal);

        await WholeGateway.UntilAsync(() => gateway.State.Current.Services["svc"].Instances.All(instance => instance.IsAvailable), () => "both are up");
        var last = Math.Max(one.Mcp.Port, other.Mcp.Port);
        for (var i = 0; i < 5; i++)
        {
            using var outcome = await gateway.Get<ICallDispatcher>().DispatchAsync(
                new UpstreamCall { Service = gateway.State.Current.Services["svc"], Method = "tools/call", Target = "echo", Params = RequestParams.Parse(Encoding.UTF8.GetBytes("""{"name":"echo"}""")), IsSafe = false }, default);
            Assert.Equal($"127.0.0.1-{last}", outcome.InstanceId);
        }

        Task<(int Status, string All)> RegisterAsync(string policy, string name = "svc") => gateway.SendAsync(HttpMethod.Post, "/api/services", $$"""
            {"name":"{{name}}","protocol":"http","base_url":"{{one.Mcp}}","config":{"instances":["{{other.Mcp}}"],"load_balancing":"{{policy}}"} }
            """);
    }

    [Theory]
    [InlineData("PowerOfTwoChoices")]
    [InlineData("poweroftwochoices")]
    [InlineData("LATENCYAWARE")]
    public void Built_in_ones_are_found_in_whatever_case_with_and_without_a_set(string name)
    {
        var registration = new ServiceRegistration { Name = "a", BaseUrl = new Uri("http://h/mcp"), Protocol = ServiceProtocol.Http, Config = new ServiceConfig { LoadBalancing = name } };
        var set = new LoadBalancingPolicySet(LoadBalancingPolicyNames.All.Select(one => new LoadBalancingPolicyFactory(one, () => new RoundRobinPolicy())));

        Assert.Empty(RegistrationValidator.Validate(registration));
        Assert.Empty(RegistrationValidator.Validate(registration, set));
    }

    private static Task AnswerAsync(Microsoft.AspNetCore.Http.HttpContext context, Received request) =>
        ScriptedServer.ResultAsync(context, request, request.Method == "tools/list" ? """{"tools":[],"resultType":"complete"}""" : """{"content":[],"resultType":"complete"}""");

    private sealed class LastByPort : ILoadBalancingPolicy
    {
        public string Name => "LastByPort";

        public InstanceState Pick(ReadOnlySpan<InstanceState> candidates)
        {
            var last = candidates[0];
            foreach (var candidate in candidates)
                if (candidate.Address!.Port > last.Address!.Port) last = candidate;
            return last;
        }
    }
}
