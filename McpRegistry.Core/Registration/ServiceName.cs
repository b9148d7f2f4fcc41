using System.Text.RegularExpressions;

namespace McpRegistry.Core.Registration;

/// <summary>The rule for names of services: a DNS label, so that it is also a host name, a container name and a resource name.</summary>
public static partial class ServiceName
{
    /// <summary>The rule, as shown to people.</summary>
    public const string Pattern = "[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?";

    /// <summary>True when <paramref name="name"/> may name a service.</summary>
    public static bool IsValid(string? name) => name is not null && Rule().IsMatch(name);

    [GeneratedRegex(@"\A" + Pattern + @"\z", RegexOptions.CultureInvariant)]
    private static partial Regex Rule();
}
