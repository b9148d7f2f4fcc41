using McpRegistry.Core.Registration;

namespace McpRegistry.Core.State;

/// <summary>Says where the instances of a service run, where that follows not from its registration alone.</summary>
internal interface IInstancePlacement
{
    /// <summary>The instances this process may send calls to, by id; an address that is null means a child of this process. Empty: it is not known yet.</summary>
    IEnumerable<(string Id, Uri? Address)> InstancesOf(ServiceRegistration registration);
}
