using System.Collections.Immutable;

using McpRegistry.Core.Discovery;
using McpRegistry.Core.Registration;

namespace McpRegistry.Core.Modeling;

/// <summary>The entries of an <c>mcp-servers.json</c>, for somebody who runs them himself instead of letting the gateway do it.</summary>
/// <param name="Servers">The good entries that are not disabled, in the order of the file.</param>
/// <param name="Problems">What is wrong with the others, and where in the file.</param>
public sealed record ModelledServers(ImmutableArray<ServiceRegistration> Servers, ImmutableArray<RegistrationError> Problems)
{
    /// <summary>Reads the file.</summary>
    /// <param name="path">The file.</param>
    /// <param name="variable">Reads an environment variable, for placeholders in URLs and folders; null when it is not set.</param>
    /// <exception cref="IOException">The file is not there or cannot be read.</exception>
    public static ModelledServers Read(string path, Func<string, string?> variable)
    {
        var content = new McpServersFile(Path.GetDirectoryName(Path.GetFullPath(path))!, new SecretResolver(variable), default).Parse(File.ReadAllBytes(path));
        return new ModelledServers(content.Registrations, content.Errors);
    }

    /// <summary>
    /// The variable that a value names (<c>env:NAME</c>, <c>${NAME}</c>, <c>${env:NAME}</c>), and what stands before it
    /// (<c>Bearer ${NAME}</c>). Null: the value names no variable, a file, or more than one thing.
    /// </summary>
    public static (string Before, string Variable)? ReferenceIn(string value)
    {
        if (SecretReference.TryVariable(value, out var name)) return ("", name);
        if (!SecretReference.IsWhole(value) || value.IndexOf("${", StringComparison.Ordinal) is var start && start < 0) return null;
        var inside = value[(start + 2)..^1];
        return (value[..start], inside.StartsWith("env:", StringComparison.Ordinal) ? inside["env:".Length..] : inside);
    }
}
