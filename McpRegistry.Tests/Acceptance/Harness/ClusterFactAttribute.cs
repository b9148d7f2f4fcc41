using McpRegistry.Tests.Redis;

namespace McpRegistry.Tests.Acceptance.Harness;

/// <summary>A test with several gateways around a real Redis. Skipped with a reason where it cannot run, except in CI.</summary>
internal sealed class ClusterFactAttribute : FactAttribute
{
    public ClusterFactAttribute() => Skip = OperatingSystem.IsLinux() ? RedisServerProcess.WhyNot : "needs Linux: signals and /proc";
}

/// <summary>The same behind a real nginx.</summary>
internal sealed class BalancedClusterFactAttribute : FactAttribute
{
    public BalancedClusterFactAttribute() => Skip = OperatingSystem.IsLinux() ? RedisServerProcess.WhyNot ?? NginxProcess.WhyNot : "needs Linux: signals and /proc";
}
