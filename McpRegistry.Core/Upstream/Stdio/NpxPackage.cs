using System.Collections.Immutable;
using System.Text.Json;
using System.Text.RegularExpressions;

namespace McpRegistry.Core.Upstream.Stdio;

/// <summary>The package an <c>npx</c> command names, and where its program stands once it is installed.</summary>
/// <param name="Name">The package's name.</param>
/// <param name="Specification">Name and version as given.</param>
/// <param name="Arguments">The arguments of its program.</param>
internal sealed partial record NpxPackage(string Name, string Specification, ImmutableArray<string> Arguments)
{
    /// <summary>Reads <c>[-y|--yes] package[@version] arguments…</c>. Null: it is written in any other way.</summary>
    public static NpxPackage? Parse(ImmutableArray<string> arguments)
    {
        var at = 0;
        while (at < arguments.Length && arguments[at] is "-y" or "--yes") at++;
        if (at == arguments.Length || Form().Match(arguments[at]) is not { Success: true } match) return null;
        return new NpxPackage(match.Groups["name"].Value, arguments[at], arguments[(at + 1)..]);
    }

    /// <summary>The file to give to node. Null: it cannot be told for certain.</summary>
    /// <param name="modules">The <c>node_modules</c> folder it was installed in.</param>
    public string? FindEntryPoint(string modules)
    {
        var folder = Path.Combine(modules, Name);
        var manifest = Path.Combine(folder, "package.json");
        if (!File.Exists(manifest)) return null;
        using var document = JsonDocument.Parse(File.ReadAllBytes(manifest));
        var root = document.RootElement;
        if (root.ValueKind != JsonValueKind.Object || !root.TryGetProperty("bin", out var bin) || Program(bin) is not { } program) return null;
        var entry = Path.GetFullPath(Path.Combine(folder, program));
        return File.Exists(entry) && IsForNode(entry) ? entry : null;
    }

    // npx takes the only program, or the one named like the package.
    private string? Program(JsonElement bin)
    {
        if (bin.ValueKind == JsonValueKind.String) return bin.GetString();
        if (bin.ValueKind != JsonValueKind.Object) return null;
        var programs = bin.EnumerateObject().Where(program => program.Value.ValueKind == JsonValueKind.String).ToArray();
        if (programs.Length == 1) return programs[0].Value.GetString();
        var plainName = Name[(Name.LastIndexOf('/') + 1)..];
        return programs.Where(program => program.NameEquals(plainName)).Select(program => program.Value.GetString()).FirstOrDefault();
    }

    private static bool IsForNode(string entry) => File.ReadLines(entry).FirstOrDefault() is "#!/usr/bin/env node" or "#!/usr/bin/node";

    [GeneratedRegex("""^(?<name>(@[a-z0-9~][a-z0-9._~-]*/)?[a-z0-9~][a-z0-9._~-]*)(@[A-Za-z0-9.^~<>=*+-]+)?$""", RegexOptions.ExplicitCapture)]
    private static partial Regex Form();
}
