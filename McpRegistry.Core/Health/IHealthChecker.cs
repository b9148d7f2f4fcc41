namespace McpRegistry.Core.Health;

/// <summary>Probes on demand.</summary>
public interface IHealthChecker
{
    /// <summary>Probes every instance of a service now and returns when the verdicts are in the snapshot; false when there is no such service.</summary>
    Task<bool> CheckNowAsync(string service, CancellationToken cancellationToken);
}
