using System.ComponentModel;
using System.Diagnostics;

namespace McpRegistry.AppHost.Stores;

/// <summary>Docker or Podman, asked before the model is made: later, a container without an engine keeps what waits for it waiting for ever.</summary>
internal static class ContainerEngine
{
    private static readonly TimeSpan LongestWait = TimeSpan.FromSeconds(5);

    /// <summary>Whether an engine runs.</summary>
    /// <param name="wanted">The one to ask. Null: Docker, then Podman.</param>
    public static bool Answers(string? wanted) => wanted is { Length: > 0 } ? Runs(wanted) : Runs("docker") || Runs("podman");

    private static bool Runs(string command)
    {
        try
        {
            using var process = Process.Start(new ProcessStartInfo(command, ["container", "ls", "-n", "1"]) { RedirectStandardOutput = true, RedirectStandardError = true });
            if (process is null) return false;
            // A client is installed more often than its engine runs; only the engine can list.
            if (process.WaitForExit(LongestWait)) return process.ExitCode == 0;
            process.Kill(entireProcessTree: true);
            return false;
        }
        catch (Win32Exception)
        {
            return false;
        }
    }
}
