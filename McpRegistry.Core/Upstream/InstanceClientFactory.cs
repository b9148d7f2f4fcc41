using McpRegistry.Core.Registration;
using McpRegistry.Core.Upstream.Http;
using McpRegistry.Core.Upstream.Stdio;

namespace McpRegistry.Core.Upstream;

/// <summary>Sends each registration to the factory of its transport.</summary>
internal sealed class InstanceClientFactory(StdioClientFactory stdio, HttpInstanceClientFactory http) : IInstanceClientFactory
{
    public IInstanceClient Create(ServiceRegistration registration, string instanceId, Uri? address, IInstanceObserver observer) =>
        address is null ? stdio.Create(registration, instanceId, observer) : http.Create(registration, instanceId, address, observer);
}
