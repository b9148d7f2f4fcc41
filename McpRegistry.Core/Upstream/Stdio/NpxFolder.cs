using System.Collections.Immutable;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;

namespace McpRegistry.Core.Upstream.Stdio;

/// <summary>
/// Where npm keeps what one <c>npx</c> command needs: <c>cache/_npx/hash</c>. When npm is ended while it fills the folder, what is
/// missing stays missing: the next npm finds the package itself and takes the rest for granted.
/// </summary>
internal sealed class NpxFolder
{
    private const string Cache = "_npx";
    private const int HashLength = 16;

    // Written when everything else stands.
    private const string Lock = ".package-lock.json";

    private readonly string _path;

    private NpxFolder(string path) => _path = path;

    /// <summary>The <c>node_modules</c> folder in it.</summary>
    public string Modules => Path.Combine(_path, "node_modules");

    /// <summary>True when packages were begun and npm did not come to its end.</summary>
    public bool IsHalf => Directory.Exists(Modules) && !File.Exists(Path.Combine(Modules, Lock));

    /// <summary>Where npm will look for a package. Null: where its cache is cannot be told.</summary>
    public static NpxFolder? Of(NpxPackage package, ImmutableDictionary<string, string> environment)
    {
        var cache = environment.FirstOrDefault(variable => variable.Key.Equals("npm_config_cache", StringComparison.OrdinalIgnoreCase)).Value
            ?? (environment.GetValueOrDefault("HOME") is { Length: > 0 } home ? Path.Combine(home, ".npm") : null);
        if (cache is null || !Path.IsPathFullyQualified(cache)) return null;
        var hash = Convert.ToHexStringLower(SHA512.HashData(Encoding.UTF8.GetBytes(package.Specification)))[..HashLength];
        return new NpxFolder(Path.Combine(cache, Cache, hash));
    }

    /// <summary>The folder in a <c>PATH</c> as npm makes it for what it runs. Null: there is none.</summary>
    public static NpxFolder? In(string path) => path.Split(Path.PathSeparator)
        .Where(folder => folder.EndsWith("/node_modules/.bin", StringComparison.Ordinal))
        .Select(folder => Path.GetDirectoryName(Path.GetDirectoryName(folder))!)
        .Where(folder => Path.GetFileName(Path.GetDirectoryName(folder)) == Cache)
        .Select(folder => new NpxFolder(folder))
        .FirstOrDefault();

    /// <summary>When something in it was last written, as far as that can be seen from the packages' folders.</summary>
    public DateTimeOffset LastWritten()
    {
        var packages = Directory.Exists(Modules) ? new DirectoryInfo(Modules).EnumerateDirectories("*", new EnumerationOptions { RecurseSubdirectories = true, MaxRecursionDepth = 2 }) : [];
        return new DirectoryInfo(_path).EnumerateFileSystemInfos().Concat(packages).Select(one => one.LastWriteTimeUtc).DefaultIfEmpty().Max();
    }

    /// <summary>True when something that a package needs, directly or not, is not there.</summary>
    public bool Lacks(string package)
    {
        var seen = new HashSet<string>(StringComparer.Ordinal);
        var waiting = new Stack<string>([Path.Combine(Modules, package)]);
        while (waiting.TryPop(out var folder))
        {
            if (!seen.Add(folder)) continue;
            foreach (var needed in Needs(folder))
            {
                if (Find(needed, folder) is not { } found) return true;
                waiting.Push(found);
            }
        }

        return false;
    }

    /// <summary>Removes it with all that is in it.</summary>
    public void Remove()
    {
        if (Directory.Exists(_path)) Directory.Delete(_path, recursive: true);
    }

    private static List<string> Needs(string folder)
    {
        using var document = JsonDocument.Parse(File.ReadAllBytes(Path.Combine(folder, "package.json")));
        var optional = Names(document.RootElement, "optionalDependencies");
        return [.. Names(document.RootElement, "dependencies").Except(optional, StringComparer.Ordinal)];
    }

    private static List<string> Names(JsonElement manifest, string member) =>
        manifest.ValueKind == JsonValueKind.Object && manifest.TryGetProperty(member, out var needs) && needs.ValueKind == JsonValueKind.Object
            ? [.. needs.EnumerateObject().Select(one => one.Name)]
            : [];

    // As node looks for it: beside the package, and ever further out.
    private string? Find(string package, string from)
    {
        for (var folder = from; folder.Length >= _path.Length; folder = Path.GetDirectoryName(folder)!)
        {
            var found = Path.Combine(folder, "node_modules", package);
            if (File.Exists(Path.Combine(found, "package.json"))) return found;
        }

        return null;
    }
}
