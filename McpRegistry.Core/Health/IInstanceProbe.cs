using McpRegistry.Core.State;

namespace McpRegistry.Core.Health;

/// <summary>Looks once whether an instance is alive.</summary>
internal interface IInstanceProbe
{
    /// <summary>Connects an unconnected instance, asks a connected one.</summary>
    /// <exception cref="OperationCanceledException">The token ended the wait.</exception>
    Task<ProbeResult> ProbeAsync(InstanceState instance, CancellationToken cancellationToken);
}
