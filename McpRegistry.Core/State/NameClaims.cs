using System.Collections.Immutable;

using McpRegistry.Core.Registration;

namespace McpRegistry.Core.State;

/// <summary>
/// Who has a name. A service of <c>mcp-servers.json</c> comes before one of service discovery, and that before one registered over REST: a
/// name that anybody could take first would otherwise take it from the operator. Used only by the holder of the turn.
/// </summary>
internal sealed class NameClaims
{
    private static readonly RegistrationOrigin[] ByTrust = [RegistrationOrigin.File, RegistrationOrigin.Discovery, RegistrationOrigin.Api];

    private readonly Dictionary<string, ImmutableArray<ServiceRegistration>> _byName = new(StringComparer.Ordinal);

    public ServiceRegistration? Find(string name, RegistrationOrigin origin) => All(name).FirstOrDefault(one => one.Origin == origin);

    public IEnumerable<ServiceRegistration> Of(RegistrationOrigin origin) => _byName.Values.SelectMany(one => one).Where(one => one.Origin == origin);

    /// <summary>The one that is served. Null: there is none of this name.</summary>
    public ServiceRegistration? Winner(string name) => All(name).FirstOrDefault();

    /// <summary>The others.</summary>
    public ImmutableArray<ServiceRegistration> Shadowed(string name) => All(name) is { Length: > 1 } all ? all.RemoveAt(0) : [];

    public void Put(ServiceRegistration registration) => _byName[registration.Name] =
        [.. All(registration.Name).Where(one => one.Origin != registration.Origin).Append(registration).OrderBy(one => Array.IndexOf(ByTrust, one.Origin))];

    /// <summary>False: there was none.</summary>
    public bool Drop(string name, RegistrationOrigin origin)
    {
        var before = All(name);
        var left = before.RemoveAll(one => one.Origin == origin);
        if (left.IsEmpty) _byName.Remove(name);
        else _byName[name] = left;
        return left.Length != before.Length;
    }

    private ImmutableArray<ServiceRegistration> All(string name) => _byName.GetValueOrDefault(name, []);
}
