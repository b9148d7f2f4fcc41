using System.Collections.Immutable;

using McpRegistry.Core.Registration;

namespace McpRegistry.Core.Discovery;

/// <summary>
/// What the application model says of one server beside its addresses: a child of the section <see cref="Section"/>, named like the
/// service. As environment variables: <c>McpRegistry__Servers__weather__Tags__0=demo</c>.
/// </summary>
public sealed class DiscoveredServer
{
    /// <summary>The configuration section.</summary>
    public const string Section = "McpRegistry:Servers";

    private const int LongestName = 64;

    /// <summary>What kind of server it is: <c>fastmcp</c>, <c>fastapi</c> or <c>external</c>. Default <c>fastmcp</c>.</summary>
    public string Type { get; set; } = "fastmcp";

    /// <summary>The path of the server at an address that has none. Default: <c>/mcp</c>, and none for <c>fastapi</c>.</summary>
    public string? Path { get; set; }

    /// <summary>Where it runs, in people's words. Default null: not said.</summary>
    public string? Location { get; set; }

    /// <summary>Free words to find it by. Default: none.</summary>
    public string[] Tags { get; set; } = [];

    /// <summary>Whether the annotations of its tools are believed. Default false.</summary>
    public bool Trusted { get; set; }

    /// <summary>Whether what it says of itself is quoted to the clients of <c>/mcp</c>. Default false.</summary>
    public bool ShowInstructions { get; set; }

    /// <summary>The load balancing policy, by name. Default <c>PowerOfTwoChoices</c>.</summary>
    public string LoadBalancing { get; set; } = LoadBalancingPolicyNames.PowerOfTwoChoices;

    /// <summary>The bearer key for the service: a value or a reference (<c>env:NAME</c>, <c>file:/path</c>). Default null: none.</summary>
    public string? ApiKey { get; set; }

    /// <summary>Headers sent with every request; values may be references. Default: none.</summary>
    public Dictionary<string, string> Headers { get; set; } = [];

    /// <summary>The absolute path of a PEM file with the authorities that may sign its certificate. Default null: those the machine trusts.</summary>
    public string? AuthorityFile { get; set; }

    /// <summary>Whether the paths of its addresses are secret. Default null: what of them looks like a key is.</summary>
    public bool? SecretPath { get; set; }

    /// <summary>
    /// What its instances are called in health, metrics, traces and answers, in the order of its addresses: up to 64 letters, digits, dots
    /// and hyphens each. Default: they are called by their addresses.
    /// </summary>
    public string[] InstanceNames { get; set; } = [];

    /// <summary>Tools that may be executed twice without harm. Default: none is known.</summary>
    public string[] SafeTools { get; set; } = [];

    /// <summary>How its health is watched.</summary>
    public HealthSettings Health { get; set; } = new();

    /// <summary>How long things may take.</summary>
    public TimeoutSettings Timeouts { get; set; } = new();

    /// <summary>The registration of this server at these addresses; null with the reason when it cannot be one.</summary>
    internal (ServiceRegistration? Registration, RegistrationError? Problem) At(string name, IReadOnlyList<Uri> addresses, DateTimeOffset now)
    {
        if (addresses.Count == 0) return (null, new RegistrationError(name, $"Service discovery knows no address of it; services__{name}__http__0 would be one."));
        if (TypeOf(Type) is not { } type) return (null, new RegistrationError($"{name}.type", "It must be fastmcp, fastapi or external."));
        var path = Path ?? (type == ServiceType.FastApi ? "/" : "/mcp");
        var named = addresses.Select((one, index) => (Address: WithPath(one, path), Name: InstanceNames.ElementAtOrDefault(index) ?? "")).DistinctBy(one => one.Address).ToImmutableArray();
        var instances = named.Select(one => one.Address).ToImmutableArray();
        var names = named.Select(one => one.Name).ToImmutableArray();
        var problem = WhyNotNames(names) is { } reason ? new RegistrationError($"{name}.instance_names", $"{reason} They are called by their addresses.") : null;
        return (new ServiceRegistration
        {
            Name = name,
            Type = type,
            Protocol = ServiceProtocol.Http,
            Location = Location,
            BaseUrl = instances[0],
            ApiKey = ApiKey,
            Tags = [.. Tags],
            InstanceNames = problem is null ? names : [],
            Origin = RegistrationOrigin.Discovery,
            CreatedAt = now,
            UpdatedAt = now,
            Config = new ServiceConfig
            {
                Instances = instances[1..],
                Trusted = Trusted,
                ShowInstructions = ShowInstructions,
                LoadBalancing = LoadBalancing,
                AuthorityFile = AuthorityFile,
                SecretPath = SecretPath,
                Headers = Headers.ToImmutableSortedDictionary(),
                Health = Health,
                Timeouts = Timeouts,
                Tools = SafeTools.ToImmutableSortedDictionary(tool => tool, _ => new ToolSettings { Safe = true }),
            },
        }, problem);
    }

    // They are ids: shown everywhere, a segment of a URL, and each its own.
    private static string? WhyNotNames(ImmutableArray<string> names)
    {
        var given = names.Where(one => one.Length > 0).ToArray();
        if (Array.Find(given, one => one.Length > LongestName || !char.IsAsciiLetterOrDigit(one[0]) || !one.All(letter => char.IsAsciiLetterOrDigit(letter) || letter is '.' or '-')) is not null)
            return "Names of instances are up to 64 letters, digits, dots and hyphens.";
        return given.Distinct(StringComparer.OrdinalIgnoreCase).Count() < given.Length ? "Two instances have one name." : null;
    }

    private static ServiceType? TypeOf(string word)
    {
        foreach (var type in new[] { ServiceType.FastMcp, ServiceType.FastApi, ServiceType.External })
            if (type.WireName().Equals(word, StringComparison.OrdinalIgnoreCase)) return type;
        return null;
    }

    // An external endpoint is modelled with its whole URL, a resource of the application by its port alone.
    private static Uri WithPath(Uri address, string path) => address.AbsolutePath.Length > 1 ? address : new Uri(address, path);
}
