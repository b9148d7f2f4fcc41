using System.Runtime.InteropServices;

namespace McpRegistry.Core.Upstream.Stdio;

/// <summary>Signals to process groups, which <see cref="System.Diagnostics.Process"/> cannot send.</summary>
internal static partial class Posix
{
    private const int Kill = 9;
    private const int Terminate = 15;
    private const int Nothing = 0;

    public static void TerminateGroup(int group) => _ = SendSignal(-group, Terminate);

    public static void KillGroup(int group) => _ = SendSignal(-group, Kill);

    public static bool GroupExists(int group) => SendSignal(-group, Nothing) == 0;

    [LibraryImport("libc", EntryPoint = "kill")]
    private static partial int SendSignal(int process, int signal);
}
