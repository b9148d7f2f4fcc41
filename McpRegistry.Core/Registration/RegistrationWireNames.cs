namespace McpRegistry.Core.Registration;

/// <summary>What kinds, protocols and origins are called on the wire and in files.</summary>
public static class RegistrationWireNames
{
    /// <summary>The name of a service type, as REST and files spell it.</summary>
    public static string WireName(this ServiceType type) => type switch
    {
        ServiceType.FastMcp => "fastmcp",
        ServiceType.FastApi => "fastapi",
        ServiceType.External => "external",
        ServiceType.Docker => "docker",
        _ => throw new ArgumentOutOfRangeException(nameof(type)),
    };

    /// <summary>The name of a protocol, as REST and files spell it.</summary>
    public static string WireName(this ServiceProtocol protocol) => protocol switch
    {
        ServiceProtocol.Stdio => "stdio",
        ServiceProtocol.Http => "http",
        ServiceProtocol.WebSocket => "websocket",
        _ => throw new ArgumentOutOfRangeException(nameof(protocol)),
    };

    /// <summary>The name of an origin, as REST spells it.</summary>
    public static string WireName(this RegistrationOrigin origin) => origin switch
    {
        RegistrationOrigin.Api => "api",
        RegistrationOrigin.File => "file",
        RegistrationOrigin.Discovery => "discovery",
        _ => throw new ArgumentOutOfRangeException(nameof(origin)),
    };
}
