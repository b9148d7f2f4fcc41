namespace McpRegistry.AppHost.Publishing;

/// <summary>Where people find the process when it is published to one machine.</summary>
/// <param name="port">The port, on loopback only.</param>
internal sealed class MachinePortAnnotation(int port) : IResourceAnnotation
{
    public int Port { get; } = port;
}
