namespace McpRegistry.Core.Registration;

/// <summary>Names one instance among those of all services.</summary>
/// <param name="Service">The service.</param>
/// <param name="Instance">The instance's id, unique within the service.</param>
public readonly record struct InstanceName(string Service, string Instance)
{
    /// <summary><c>service/instance</c>; neither part can contain a slash.</summary>
    public override string ToString() => $"{Service}/{Instance}";
}
