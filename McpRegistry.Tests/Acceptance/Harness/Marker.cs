namespace McpRegistry.Tests.Acceptance.Harness;

/// <summary>The variable by which a gateway knows its children again, seen from outside.</summary>
internal static class Marker
{
    private const string Name = "MCPREGISTRY_OWNER=";

    /// <summary>The marker of a running child, name and value.</summary>
    public static string Of(int processId) =>
        EnvironmentOf($"/proc/{processId}").Single(variable => variable.StartsWith(Name, StringComparison.Ordinal));

    /// <summary>The processes that carry it.</summary>
    public static List<int> Carriers(string marker) =>
    [
        .. Directory.GetDirectories("/proc")
            .Where(folder => int.TryParse(Path.GetFileName(folder), out _) && EnvironmentOf(folder).Contains(marker))
            .Select(folder => int.Parse(Path.GetFileName(folder), System.Globalization.CultureInfo.InvariantCulture)),
    ];

    private static string[] EnvironmentOf(string folder)
    {
        try
        {
            return File.ReadAllText(Path.Combine(folder, "environ")).Split('\0');
        }
        catch (Exception gone) when (gone is IOException or UnauthorizedAccessException)
        {
            return [];
        }
    }
}
