using System.Collections.Immutable;
using System.Text.RegularExpressions;

using McpRegistry.Core.Registration;

namespace McpRegistry.Core.Upstream.Stdio;

/// <summary>Finds placeholders of variables in arguments: what they are filled with stands in <c>/proc/PID/cmdline</c>, for everybody.</summary>
internal static partial class VisiblePlaceholders
{
    // Where things are is no secret.
    private static readonly string[] Harmless = ["HOME", "USER", "LOGNAME", "USERNAME", "USERPROFILE", "PWD", "TMPDIR", "TEMP", "TMP", "LANG", "SHELL", "PATH", "APPDATA", "LOCALAPPDATA"];

    /// <summary>The names of the variables, each once.</summary>
    public static ImmutableList<string> In(ServiceConfig config) =>
    [
        .. config.Args.Prepend(config.Command ?? "").SelectMany(one => Placeholder().Matches(one)).Select(match => match.Groups["name"].Value)
            .Where(name => !Harmless.Contains(name, StringComparer.OrdinalIgnoreCase) && !name.StartsWith("XDG_", StringComparison.Ordinal)).Distinct(StringComparer.Ordinal),
    ];

    [GeneratedRegex(@"\$\{(?:env:)?(?<name>[A-Za-z_][A-Za-z0-9_]*)(?::-[^}]*)?\}", RegexOptions.CultureInvariant)]
    private static partial Regex Placeholder();
}
