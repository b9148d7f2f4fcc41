using System.Diagnostics;
using System.Text;

using McpRegistry.Core.Upstream.Stdio;

namespace McpRegistry.Tests.Upstream.Stdio;

/// <summary>What the operating system knows of processes.</summary>
internal static class Processes
{
    public static void Kill(int id)
    {
        using var process = Process.GetProcessById(id);
        process.Kill();
    }

    /// <summary>True while there is such a process, be it a zombie.</summary>
    public static bool Exists(int id) => Directory.Exists($"/proc/{id}");

    /// <summary>The live processes that carry the mark of a gateway.</summary>
    public static int[] Marked(string owner)
    {
        var mark = Encoding.UTF8.GetBytes($"{ChildEnvironment.OwnerVariable}={owner}");
        return [.. Directory.EnumerateDirectories("/proc").Select(folder => int.TryParse(Path.GetFileName(folder), out var id) ? id : 0).Where(id => id > 0 && IsMarked(id, mark))];
    }

    private static bool IsMarked(int id, byte[] mark)
    {
        try
        {
            return File.ReadAllBytes($"/proc/{id}/environ").AsSpan().IndexOf(mark) >= 0;
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            return false;
        }
    }
}
