using System.Globalization;

namespace McpRegistry.AppHost.Tests.Running;

/// <summary>
/// All processes that one process started, and those started: found by a variable that they inherit, and by their parents, because
/// some get other variables and others are handed on to init. Linux.
/// </summary>
/// <param name="mark">The variable, as <c>NAME=value</c>.</param>
internal sealed class ProcessFamily(string mark)
{
    // A number is given out again; a number that began at one time is not.
    private readonly HashSet<(int Id, string Began)> _members = [];

    /// <summary>Those that live now, for people. Whoever was seen once is known for ever.</summary>
    public IReadOnlyList<string> Alive()
    {
        var all = All().ToList();
        var marked = all.Where(one => Read($"/proc/{one.Id}/environ").Split('\0').Contains(mark)).Select(one => (one.Id, one.Began)).ToList();
        _members.UnionWith(marked);
        for (var found = -1; found != _members.Count;)
        {
            found = _members.Count;
            var parents = all.Where(one => _members.Contains((one.Id, one.Began))).Select(one => one.Id).ToHashSet();
            _members.UnionWith(all.Where(one => parents.Contains(one.Parent)).Select(one => (one.Id, one.Began)));
        }
        return [.. all.Where(one => _members.Contains((one.Id, one.Began))).Select(one => $"{one.Id} {Read($"/proc/{one.Id}/cmdline").Replace('\0', ' ')}")];
    }

    /// <summary>The one process that a process started.</summary>
    public static int ChildOf(int parent) => All().Single(one => one.Parent == parent).Id;

    private static IEnumerable<(int Id, int Parent, string Began)> All()
    {
        foreach (var folder in Directory.EnumerateDirectories("/proc"))
        {
            if (!int.TryParse(Path.GetFileName(folder), CultureInfo.InvariantCulture, out var id)) continue;
            // 42 (a name) S 1 …: the name may have spaces and brackets, so it is read from behind.
            var fields = Read($"{folder}/stat").Split(") ")[^1].Split(' ');
            // A zombie has ended.
            if (fields.Length > 19 && fields[0] is not "Z") yield return (id, int.Parse(fields[1], CultureInfo.InvariantCulture), fields[19]);
        }
    }

    // Processes end while they are looked at, and those of others tell little.
    private static string Read(string file)
    {
        try { return File.ReadAllText(file); }
        catch (Exception gone) when (gone is IOException or UnauthorizedAccessException) { return ""; }
    }
}
