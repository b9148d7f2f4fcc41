using McpRegistry.Core.State;

namespace McpRegistry.Core.Calls;

/// <summary>Has a call wait for a service that moves from one replica to another, rather than fail.</summary>
internal interface IOwnerWait
{
    /// <summary>Waits until the service has an instance that the call may be sent to.</summary>
    /// <param name="call">The call.</param>
    /// <param name="tried">Where it was sent already; nothing was executed there.</param>
    /// <param name="longest">The longest wait that the call has left.</param>
    /// <param name="cancellationToken">Ends the wait.</param>
    /// <returns>The service as it is then. Null: it does not move, or not in time.</returns>
    ValueTask<ServiceSnapshot?> WaitAsync(UpstreamCall call, TriedInstances tried, TimeSpan longest, CancellationToken cancellationToken);
}
