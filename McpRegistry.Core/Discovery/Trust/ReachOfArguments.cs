using System.Collections.Immutable;

using McpRegistry.Core.Registration;
using McpRegistry.Core.Registration.Wire;

namespace McpRegistry.Core.Discovery.Trust;

/// <summary>
/// Finds programs that are given a folder with <c>mcp-servers.json</c> or the gateway's own files in it: whoever steers a model that
/// has their tools can have it write the next program to start.
/// </summary>
/// <param name="secrets">Fills placeholders, as the start of the program will.</param>
/// <param name="guarded">The folders, absolute.</param>
internal sealed class ReachOfArguments(ISecretResolver secrets, IEnumerable<string> guarded)
{
    // --root=/, -v /:/host, --mount type=bind,src=/,dst=/host
    private static readonly char[] Separators = ['=', ':', ','];

    private readonly string[] _guarded = [.. guarded];

    /// <summary>A warning for each argument that names such a folder or one above it.</summary>
    public ImmutableArray<RegistrationError> In(ServiceRegistration registration)
    {
        if (registration.Protocol != ServiceProtocol.Stdio) return [];
        var start = registration.Config.Cwd ?? Path.GetFullPath(".");
        return [.. registration.Config.Args.Select((argument, index) => Judge(argument, index, start)).OfType<RegistrationError>()];
    }

    private RegistrationError? Judge(string argument, int index, string start)
    {
        var reached = PlacesIn(argument).Select(place => RealPath(place, start)).OfType<string>().SelectMany(folder => _guarded.Where(one => IsWithin(one, folder))).FirstOrDefault();
        return reached is null ? null : new RegistrationError(
            FieldPath.Element("config.args", index),
            $"It gives this program the folder {reached}, where the gateway's own files are: whoever steers its tools may have other programs started. Give it a folder that holds nothing else.");
    }

    private IEnumerable<string> PlacesIn(string argument)
    {
        string text;
        try { text = argument.Contains("${", StringComparison.Ordinal) ? secrets.Resolve(argument) : argument; }
        catch (SecretNotFoundException) { text = argument; }
        return text.Split(Separators).Prepend(text).Where(part => part.Length > 0 && !part.Contains('\0', StringComparison.Ordinal)).Distinct(StringComparer.Ordinal);
    }

    private static string? RealPath(string place, string start)
    {
        try
        {
            var path = Path.TrimEndingDirectorySeparator(Path.GetFullPath(place, start));
            return Directory.Exists(path) ? Directory.ResolveLinkTarget(path, returnFinalTarget: true)?.FullName ?? path : null;
        }
        catch (Exception odd) when (odd is IOException or UnauthorizedAccessException or ArgumentException) { return null; }
    }

    private static bool IsWithin(string guarded, string folder) =>
        guarded == folder || guarded.StartsWith(folder.EndsWith(Path.DirectorySeparatorChar) ? folder : folder + Path.DirectorySeparatorChar, StringComparison.Ordinal);
}
