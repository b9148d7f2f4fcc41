using System.Diagnostics;

namespace McpRegistry.Tests.Acceptance.Harness;

/// <summary>Sends a signal by name. The shell's own <c>kill</c>: a fresh Debian has no other.</summary>
internal static class Signal
{
    public static void Send(string signal, int processId)
    {
        using var shell = Process.Start(new ProcessStartInfo("/bin/sh", ["-c", $"kill -{signal} {processId}"]) { RedirectStandardError = true })!;
        shell.WaitForExit();
    }
}
