using System.Collections.Immutable;

namespace McpRegistry.StdioBridge;

/// <summary>
/// The command line: <c>[options] -- command argument…</c>, or just <c>command argument…</c>. From the command on everything is
/// the server's, whatever it looks like.
/// </summary>
internal sealed record BridgeCommandLine
{
    private const string Separator = "--";

    private const string Usage = """
        Puts one stdio MCP server behind an HTTP address (Streamable HTTP at /mcp).

          McpRegistry.StdioBridge command argument…
          McpRegistry.StdioBridge [options] -- command argument…

          --urls URL         where to listen; default http://localhost:5090
          --name NAME        the server's name in logs and traces; default stdio
          --cwd FOLDER       its working directory; default this one
          --env NAME=VALUE   a variable for it; other users of this machine see a command line, so secrets are better
                             given as McpRegistry__Bridge__Env__NAME in the environment
          --replicas N       how many copies of it share the calls; default 1
          --SECTION:KEY VALUE   any other setting, e.g. --McpRegistry:Stdio:StderrBytes 131072
        """;

    private static readonly Dictionary<string, string> Short = new(StringComparer.Ordinal)
    {
        ["urls"] = "urls",
        ["name"] = $"{BridgeOptions.Section}:{nameof(BridgeOptions.Name)}",
        ["cwd"] = $"{BridgeOptions.Section}:{nameof(BridgeOptions.Cwd)}",
        ["replicas"] = $"{BridgeOptions.Section}:{nameof(BridgeOptions.Replicas)}",
    };

    /// <summary>The program to start. Null: there is none to start.</summary>
    public string? Command { get; private init; }

    /// <summary>Its arguments, as they were given.</summary>
    public ImmutableArray<string> Arguments { get; private init; } = [];

    /// <summary>The options as settings, each <c>--key=value</c>.</summary>
    public ImmutableArray<string> Settings { get; private init; } = [];

    /// <summary>What is wrong. Null: nothing.</summary>
    public string? Problem { get; private init; }

    public static BridgeCommandLine Parse(IReadOnlyList<string> arguments)
    {
        var settings = ImmutableArray.CreateBuilder<string>();
        var at = 0;
        for (; at < arguments.Count && arguments[at].StartsWith('-'); at++)
        {
            if (arguments[at] == Separator) return WithCommand(arguments, at + 1, settings.ToImmutable());
            if (arguments[at] is "--help" or "-h") return new BridgeCommandLine();
            var (name, value) = Split(arguments[at]);
            // Without this, an option that lost its value would swallow the next one.
            value ??= at + 1 < arguments.Count && arguments[at + 1] != Separator ? arguments[++at] : null;
            if (value is null) return Wrong($"{name} needs a value.");
            if (SettingOf(name, value) is not { } setting) return Wrong($"There is no option {name}{(name == "--env" ? " without NAME=VALUE" : "")}.");
            settings.Add(setting);
        }

        return settings.Count == 0 ? WithCommand(arguments, at, []) : Wrong("After options comes -- and then the command.");
    }

    /// <summary>Tells how it is used, and what is wrong if anything.</summary>
    /// <returns>The exit code.</returns>
    public async Task<int> ExplainAsync()
    {
        if (Problem is not null) return await RefuseAsync($"{Problem}\n\n{Usage}");
        await Console.Out.WriteLineAsync(Usage);
        return 0;
    }

    /// <summary>Says why nothing is started.</summary>
    /// <returns>The exit code.</returns>
    public static async Task<int> RefuseAsync(string reason)
    {
        await Console.Error.WriteLineAsync("Refusing to start: " + reason);
        return 1;
    }

    private static BridgeCommandLine WithCommand(IReadOnlyList<string> arguments, int at, ImmutableArray<string> settings) =>
        at >= arguments.Count || arguments[at].Length == 0
            ? Wrong("There is no command to start.")
            : new BridgeCommandLine { Command = arguments[at], Arguments = [.. arguments.Skip(at + 1)], Settings = settings };

    private static BridgeCommandLine Wrong(string problem) => new() { Problem = problem };

    private static (string Name, string? Value) Split(string option)
    {
        var equals = option.IndexOf('=', StringComparison.Ordinal);
        return equals < 0 ? (option, null) : (option[..equals], option[(equals + 1)..]);
    }

    private static string? SettingOf(string option, string value)
    {
        if (!option.StartsWith("--", StringComparison.Ordinal)) return null;
        var name = option[2..];
        if (Short.TryGetValue(name, out var key)) return $"--{key}={value}";
        if (name == "env") return value.IndexOf('=', StringComparison.Ordinal) > 0 ? $"--{BridgeOptions.Section}:{nameof(BridgeOptions.Env)}:{value}" : null;
        return name.Contains(':', StringComparison.Ordinal) ? $"--{name}={value}" : null;
    }
}
