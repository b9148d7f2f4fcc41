namespace McpRegistry.Core.Registration;

/// <summary>Where a registration comes from, and so who may change it.</summary>
public enum RegistrationOrigin
{
    /// <summary>Registered over REST, kept in the store.</summary>
    Api,

    /// <summary>From <c>mcp-servers.json</c>; changed by editing the file.</summary>
    File,

    /// <summary>Found by service discovery; changed where the application is modelled.</summary>
    Discovery,
}
