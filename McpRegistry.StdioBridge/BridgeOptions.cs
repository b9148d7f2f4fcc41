namespace McpRegistry.StdioBridge;

/// <summary>
/// What a bridge is told about its server beside the command line, section <c>McpRegistry:Bridge</c>. As environment variables:
/// <c>McpRegistry__Bridge__Name=weather</c>, <c>McpRegistry__Bridge__Env__API_KEY=…</c>.
/// </summary>
internal sealed class BridgeOptions
{
    public const string Section = "McpRegistry:Bridge";

    /// <summary>Where the bridge listens when nobody says where.</summary>
    public const string DefaultUrl = "http://localhost:5090";

    /// <summary>The name of the server in logs, traces and errors. Default <c>stdio</c>; the AppHost gives the resource's name.</summary>
    public string Name { get; set; } = "stdio";

    /// <summary>The working directory of the server. Null: the bridge's own.</summary>
    public string? Cwd { get; set; }

    /// <summary>How many copies of the server share the calls. Default 1; more only for servers that keep nothing in memory.</summary>
    public int Replicas { get; set; } = 1;

    /// <summary>
    /// The variables the server gets beside a clean environment (<c>PATH</c>, <c>HOME</c>, language), and the only way to give it
    /// one: nothing else of the bridge's environment reaches it. Values may be references as in <c>mcp-servers.json</c>
    /// (<c>file:/run/secrets/key</c>, <c>env:NAME</c>, <c>${NAME}</c>), resolved when it is started. A secret that might look like
    /// a reference is itself given by reference: what a reference leads to is taken as it is.
    /// </summary>
    public Dictionary<string, string> Env { get; set; } = [];

    /// <summary>
    /// Whether what the server writes to stderr stands in the bridge's log as it comes (at level Debug). Servers write keys there, and a
    /// log goes where its operator may not think of: so only when asked. Default false.
    /// </summary>
    public bool ShowStderr { get; set; }

    public static BridgeOptions Read(IConfiguration configuration)
    {
        var section = configuration.GetSection(Section);
        var options = section.Get<BridgeOptions>() ?? new BridgeOptions();
        // In the name of a variable of the server, too, the settings have read "__" as a level.
        options.Env = section.GetSection(nameof(Env)).AsEnumerable(makePathsRelative: true)
            .Where(pair => pair is { Key.Length: > 0, Value: not null })
            .ToDictionary(pair => pair.Key.Replace(":", "__", StringComparison.Ordinal), pair => pair.Value!, StringComparer.Ordinal);
        return options;
    }
}
