using System.Collections;
using System.Collections.Immutable;

using McpRegistry.Core.Registration;

namespace McpRegistry.Core.Upstream.Stdio;

/// <summary>
/// The environment of a child: what any program needs, what its registration declares, and the mark of its owner. Nothing
/// else of the gateway's: there are its secrets.
/// </summary>
internal static class ChildEnvironment
{
    /// <summary>The variable that tells which gateway process a child belongs to.</summary>
    public const string OwnerVariable = "MCPREGISTRY_OWNER";

    private static readonly string[] Inherited = OperatingSystem.IsWindows()
        ?
        [
            "APPDATA", "COMSPEC", "HOMEDRIVE", "HOMEPATH", "LOCALAPPDATA", "PATH", "PATHEXT", "PROCESSOR_ARCHITECTURE", "PROGRAMFILES",
            "SYSTEMDRIVE", "SYSTEMROOT", "TEMP", "TMP", "USERNAME", "USERPROFILE",
        ]
        : ["PATH", "HOME", "USER", "LOGNAME", "LANG", "TMPDIR", "TERM", "SHELL"];

    /// <exception cref="SecretNotFoundException">A declared variable refers to what is not there.</exception>
    public static ImmutableDictionary<string, string> For(ServiceConfig config, ISecretResolver secrets, string owner)
    {
        var comparer = OperatingSystem.IsWindows() ? StringComparer.OrdinalIgnoreCase : StringComparer.Ordinal;
        var environment = ImmutableDictionary.CreateBuilder<string, string>(comparer);
        foreach (DictionaryEntry variable in Environment.GetEnvironmentVariables())
        {
            if (variable is { Key: string name, Value: string value } && IsInherited(name, comparer)) environment[name] = value;
        }

        foreach (var (name, value) in config.Env) environment[name] = secrets.Resolve(value);
        environment[OwnerVariable] = owner;
        return environment.ToImmutable();
    }

    private static bool IsInherited(string name, StringComparer comparer) =>
        Inherited.Contains(name, comparer) || name.StartsWith("LC_", StringComparison.Ordinal);
}
