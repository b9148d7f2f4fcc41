namespace McpRegistry.Tests.Architecture;

/// <summary>The work tree that the tests were built from.</summary>
internal static class Repository
{
    private static readonly string[] Generated = ["bin", "obj", "node_modules", "artifacts", "TestResults", ".git"];

    public static string Root { get; } = FindRoot();

    /// <summary>Debug or Release: the one this test assembly was built as.</summary>
    public static string BuildConfiguration { get; } = new DirectoryInfo(AppContext.BaseDirectory).Parent!.Name;

    public static string PathOf(params string[] parts) => Path.Combine([Root, .. parts]);

    /// <summary>What a project was built into, e.g. <c>McpRegistry.Api</c>.</summary>
    public static string AssemblyOf(string projectFolder)
    {
        var name = Path.GetFileName(projectFolder);
        return PathOf(projectFolder, "bin", BuildConfiguration, "net10.0", name + ".dll");
    }

    /// <summary>Files that people wrote, by pattern, relative to the root.</summary>
    public static IEnumerable<string> Files(string pattern, string folder = ".") =>
        Directory.EnumerateFiles(PathOf(folder), pattern, SearchOption.AllDirectories)
            .Select(path => Path.GetRelativePath(Root, path))
            .Where(path => !path.Split(Path.DirectorySeparatorChar).Any(Generated.Contains));

    public static string Read(string relativePath) => File.ReadAllText(PathOf(relativePath));

    private static string FindRoot()
    {
        var folder = new DirectoryInfo(AppContext.BaseDirectory);
        while (!File.Exists(Path.Combine(folder.FullName, "McpRegistry.sln")))
            folder = folder.Parent ?? throw new InvalidOperationException("The tests run outside of the repository.");
        return folder.FullName;
    }
}
