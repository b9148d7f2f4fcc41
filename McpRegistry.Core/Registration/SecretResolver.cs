using System.Text;
using System.Text.RegularExpressions;

namespace McpRegistry.Core.Registration;

/// <inheritdoc/>
/// <param name="variable">Reads an environment variable; null when it is not set.</param>
internal sealed partial class SecretResolver(Func<string, string?> variable) : ISecretResolver
{
    // Keys and certificates are far smaller; whoever names a log file or a device by mistake is told.
    private const int LargestFile = 64 * 1024;

    public string Resolve(string value)
    {
        if (SecretReference.TryVariable(value, out var name)) return variable(name) ?? throw NoVariable(name);
        if (SecretReference.TryFile(value, out var path)) return ReadFile(path);
        return value.Contains("${", StringComparison.Ordinal) ? Placeholder().Replace(value, Expand) : value;
    }

    private string Expand(Match match)
    {
        var name = match.Groups["name"].Value;
        var set = variable(name);
        var fallback = match.Groups["default"];
        // As a shell does: an empty variable counts as not set where there is a default.
        if (fallback.Success) return string.IsNullOrEmpty(set) ? fallback.Value : set;
        return set ?? throw NoVariable(name);
    }

    private static string ReadFile(string path)
    {
        try
        {
            using var file = File.OpenRead(path);
            var content = new byte[LargestFile + 1];
            var length = file.ReadAtLeast(content, content.Length, throwOnEndOfStream: false);
            if (length > LargestFile) throw new SecretNotFoundException($"The file {path} is larger than a secret can be.");
            // Editors and `echo` end a file with a line break that is not part of the secret.
            return Encoding.UTF8.GetString(content, 0, length).TrimStart('\uFEFF').TrimEnd('\r', '\n');
        }
        catch (Exception unreadable) when (unreadable is IOException or UnauthorizedAccessException)
        {
            throw new SecretNotFoundException($"The file {path} cannot be read.");
        }
    }

    private static SecretNotFoundException NoVariable(string name) => new($"The environment variable {name} is not set.");

    [GeneratedRegex(@"\$\{(?:env:)?(?<name>[A-Za-z_][A-Za-z0-9_]*)(?::-(?<default>[^}]*))?\}", RegexOptions.CultureInvariant)]
    private static partial Regex Placeholder();
}
