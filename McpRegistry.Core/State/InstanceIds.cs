using McpRegistry.Core.Registration;

namespace McpRegistry.Core.State;

/// <summary>The instances a registration asks for, each with an id that stays the same as long as its address does.</summary>
internal static class InstanceIds
{
    public static IEnumerable<(string Id, Uri? Address)> Of(ServiceRegistration registration)
    {
        if (registration.Protocol == ServiceProtocol.Stdio)
            return Enumerable.Range(1, registration.Config.Replicas).Select(number => ($"child-{number}", (Uri?)null));

        var addresses = registration.BaseUrl is { } first ? registration.Config.Instances.Prepend(first) : registration.Config.Instances;
        return addresses.Distinct().Select(address => (Of(address), (Uri?)address));
    }

    /// <summary>The id of an address: readable, and fit for a URL segment.</summary>
    public static string Of(Uri address)
    {
        var path = address.PathAndQuery.Trim('/');
        var text = path.Length == 0 || path == "mcp" ? $"{address.Host}-{address.Port}" : $"{address.Host}-{address.Port}-{path}";
        return string.Concat(text.Select(letter => char.IsAsciiLetterOrDigit(letter) || letter is '.' or '-' ? letter : '-')).Trim('-');
    }
}
