using System.Collections.Immutable;
using System.Globalization;

namespace McpRegistry.Core.Registration;

/// <summary>
/// For whom the secrets of a registration are: the origins (scheme, host, port) of its addresses, or the program that gets them. A
/// secret that was given for one must not reach another by a change of the address alone.
/// </summary>
internal static class SecretOrigins
{
    /// <summary>Said when an instance with a new origin is to be added to a service that has secrets.</summary>
    public const string PutAgain =
        "The service has secrets (api_key, config.headers), which were given for its present addresses and do not go to another scheme, host or port by themselves. "
        + "Replace the registration (PUT) with this address in config.instances and every secret written out again.";

    /// <summary>All of them, sorted.</summary>
    public static ImmutableSortedSet<string> Of(ServiceRegistration registration)
    {
        var config = registration.Config;
        if (registration.Protocol == ServiceProtocol.Stdio) return ImmutableSortedSet.Create(StringComparer.Ordinal, ["program:" + string.Join('\0', [config.Cwd ?? "", config.Command ?? "", .. config.Args])]);
        var addresses = registration.BaseUrl is { } first ? config.Instances.Prepend(first) : config.Instances;
        return addresses.Where(one => one.IsAbsoluteUri).Select(Of).ToImmutableSortedSet(StringComparer.Ordinal);
    }

    /// <summary>The origin of an absolute address.</summary>
    public static string Of(Uri address) => string.Create(CultureInfo.InvariantCulture, $"{address.Scheme}://{address.IdnHost.ToLowerInvariant()}:{address.Port}");

    /// <summary>True when <paramref name="later"/> reaches nobody that <paramref name="earlier"/> did not.</summary>
    public static bool Cover(ServiceRegistration earlier, ServiceRegistration later) => Of(later).IsSubsetOf(Of(earlier));

    /// <summary>True when something of it must not come to an address it was not given for: values, and references as well.</summary>
    public static bool Has(ServiceRegistration registration) => registration.ApiKey is not null || !registration.Config.Headers.IsEmpty || !registration.Config.Env.IsEmpty;
}
