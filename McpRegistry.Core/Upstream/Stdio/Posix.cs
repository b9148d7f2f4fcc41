using System.Runtime.InteropServices;

namespace McpRegistry.Core.Upstream.Stdio;

/// <summary>What .NET has no way to say: signals to process groups, and how far the reader of a pipe has come.</summary>
internal static partial class Posix
{
    private const int Kill = 9;
    private const int Terminate = 15;
    private const int Nothing = 0;
    private const int FionRead = 0x541B;

    public static void TerminateGroup(int group) => _ = SendSignal(-group, Terminate);

    public static void KillGroup(int group) => _ = SendSignal(-group, Kill);

    public static bool GroupExists(int group) => SendSignal(-group, Nothing) == 0;

    /// <summary>True when bytes stand in a pipe that its reader has not taken. False also elsewhere than on Linux.</summary>
    public static bool HasUnread(SafeHandle pipe) => OperatingSystem.IsLinux() && CountUnread(pipe, FionRead, out var count) == 0 && count > 0;

    [LibraryImport("libc", EntryPoint = "ioctl")]
    private static partial int CountUnread(SafeHandle file, nuint request, out int count);

    [LibraryImport("libc", EntryPoint = "kill")]
    private static partial int SendSignal(int process, int signal);
}
