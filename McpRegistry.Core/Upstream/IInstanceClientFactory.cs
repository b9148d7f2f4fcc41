using McpRegistry.Core.Registration;

namespace McpRegistry.Core.Upstream;

/// <summary>Makes the client for an instance of a service.</summary>
public interface IInstanceClientFactory
{
    /// <summary>Makes a client that is not connected yet.</summary>
    /// <param name="registration">The service.</param>
    /// <param name="instanceId">The instance's id, unique within the service.</param>
    /// <param name="address">Its URL; null for a stdio child.</param>
    /// <param name="observer">Who hears of it.</param>
    IInstanceClient Create(ServiceRegistration registration, string instanceId, Uri? address, IInstanceObserver observer);
}
