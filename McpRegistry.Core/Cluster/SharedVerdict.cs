using McpRegistry.Core.Health;
using McpRegistry.Core.Registration;

namespace McpRegistry.Core.Cluster;

/// <summary>The verdict on one instance.</summary>
internal readonly record struct SharedVerdict(InstanceName Instance, HealthAdvice Advice);
