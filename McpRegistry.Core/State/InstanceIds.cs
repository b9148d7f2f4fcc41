using System.Globalization;
using System.Security.Cryptography;
using System.Text;

using McpRegistry.Core.Registration;
using McpRegistry.Core.Registration.Secrets;

namespace McpRegistry.Core.State;

/// <summary>
/// The instances a registration asks for, each with an id of its own that stays the same as long as its address does: in every
/// process, and after a restart. Where the application model names them these names are the ids. Ids are shown everywhere, so nothing of a query or of a key in a path is in them.
/// </summary>
internal static class InstanceIds
{
    private const int DigitsOfMark = 8;

    public static IEnumerable<(string Id, Uri? Address)> Of(ServiceRegistration registration)
    {
        if (registration.Protocol == ServiceProtocol.Stdio)
            return Enumerable.Range(1, registration.Config.Replicas).Select(number => ($"child-{number}", (Uri?)null));

        var addresses = registration.BaseUrl is { } first ? registration.Config.Instances.Prepend(first) : registration.Config.Instances;
        return Distinct(registration.Name, [.. addresses.Distinct().Select((address, index) =>
            (registration.InstanceNames.ElementAtOrDefault(index) is { Length: > 0 } name ? name : Of(registration.Name, address, registration.Config.SecretPath), address))]);
    }

    /// <summary>The id of an address: readable, and fit for a URL segment.</summary>
    private static string Of(string service, Uri address, bool? isPathSecret)
    {
        var hidden = "";
        var shown = UrlSecrets.Map("", address.AbsolutePath, isPathSecret, (_, part) =>
        {
            hidden += "/" + part;
            return "";
        });
        var path = string.Join('/', shown.Split('/', StringSplitOptions.RemoveEmptyEntries));
        var text = path.Length == 0 || path == "mcp" ? $"{address.Host}-{address.Port}" : $"{address.Host}-{address.Port}-{path}";
        var id = string.Concat(text.Select(letter => char.IsAsciiLetterOrDigit(letter) || letter is '.' or '-' ? letter : '-')).Trim('-');
        hidden += address.Query.Length > 1 ? address.Query : "";
        return hidden.Length > 0 ? $"{id}-{Mark(service, hidden)}" : id;
    }

    // Different addresses may read alike (/a/b and /a-b, http and https on one port). Then each is marked, whatever their order is:
    // none may get the id that another had.
    private static IEnumerable<(string Id, Uri? Address)> Distinct(string service, (string Id, Uri Address)[] wanted)
    {
        var alike = wanted.GroupBy(one => one.Id, StringComparer.Ordinal).Where(group => group.Count() > 1).Select(group => group.Key).ToHashSet(StringComparer.Ordinal);
        var taken = new HashSet<string>(StringComparer.Ordinal);
        foreach (var (id, address) in wanted)
        {
            var own = alike.Contains(id) ? $"{id}-{Mark(service, address.AbsoluteUri)}" : id;
            var distinct = own;
            for (var number = 2; !taken.Add(distinct); number++) distinct = string.Create(CultureInfo.InvariantCulture, $"{own}-{number}");
            yield return (distinct, address);
        }
    }

    // With the service's name in it the same key leaves different marks at different services.
    private static string Mark(string service, string text) =>
        Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes($"{service}\n{text}")))[..DigitsOfMark];
}
