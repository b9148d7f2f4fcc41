using System.Security.Cryptography;
using System.Text;

namespace McpRegistry.Core.Registration;

/// <summary>Tells one server behind a name from another: by the program that is started, or by the addresses.</summary>
internal static class ServerIdentity
{
    /// <summary>A hash, from which nothing of the registration can be read. The same for as long as the lists of the earlier server say something of the later.</summary>
    public static string Of(ServiceRegistration registration)
    {
        var config = registration.Config;
        string[] parts = registration.Protocol == ServiceProtocol.Stdio
            ? [config.Command ?? "", .. config.Args]
            : [config.OpenApi, .. Addresses(registration).Distinct(StringComparer.Ordinal).Order(StringComparer.Ordinal)];
        var text = string.Join('\n', parts.Prepend($"{registration.Type}/{registration.Protocol}").Select(part => part.Replace("\\", "\\\\", StringComparison.Ordinal).Replace("\n", "\\n", StringComparison.Ordinal)));
        return Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(text)));
    }

    // Service discovery knows servers by name: where they listen is another place at each start of the application.
    private static IEnumerable<string> Addresses(ServiceRegistration registration) =>
        (registration.BaseUrl is { } first ? registration.Config.Instances.Prepend(first) : registration.Config.Instances)
            .Select(address => registration.Origin == RegistrationOrigin.Discovery ? address.PathAndQuery : address.AbsoluteUri);
}
