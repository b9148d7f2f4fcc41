namespace McpRegistry.Core.Upstream.Http.Egress;

/// <summary>Knows places that no service may be, wherever it comes from: what is there is for this process alone.</summary>
public interface IReservedEndpoints
{
    /// <summary>Those there are now.</summary>
    IEnumerable<ReservedEndpoint> Find();
}

/// <summary>A place that no service may be.</summary>
/// <param name="Host">A name or address; <c>*</c>, <c>+</c>, <c>0.0.0.0</c> and <c>[::]</c> are all addresses of this machine.</param>
/// <param name="Port">The port.</param>
/// <param name="IsThisProcess">True when it is a listener of this process, false when it is somebody else whom this process alone may ask.</param>
public sealed record ReservedEndpoint(string Host, int Port, bool IsThisProcess = false);
