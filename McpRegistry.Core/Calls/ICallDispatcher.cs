namespace McpRegistry.Core.Calls;

/// <summary>Sends a routed call to an instance, and to another one where that is safe.</summary>
public interface ICallDispatcher
{
    /// <summary>Sends it. Does not throw for anything an upstream can do; the caller's cancellation is an outcome too.</summary>
    ValueTask<CallOutcome> DispatchAsync(UpstreamCall call, CancellationToken cancellationToken);
}
