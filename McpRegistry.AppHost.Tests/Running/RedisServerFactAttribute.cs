using McpRegistry.AppHost.Stores;

namespace McpRegistry.AppHost.Tests.Running;

/// <summary>Skipped where there is no <c>redis-server</c>; CI installs it.</summary>
internal sealed class RedisServerFactAttribute : FactAttribute
{
    public RedisServerFactAttribute() => Skip = RedisServer.IsOnPath() ? null : $"There is no {RedisServer.Command} on the path.";
}
