using System.Runtime.InteropServices;

namespace McpRegistry.ServiceDefaults.Hosting;

/// <summary>Keeps what a process knows from the other programs of its user, its own children first of all.</summary>
public static partial class ProcessPrivacy
{
    private const int SetDumpable = 4;

    /// <summary>
    /// From now on only root can read this process's environment, memory and open files, or trace it, and it leaves no core dump:
    /// every secret of the gateway is in there. Call it before anything else. Linux only; elsewhere nothing happens.
    /// </summary>
    public static void Close()
    {
        if (OperatingSystem.IsLinux()) _ = Control(SetDumpable, 0, 0, 0, 0);
    }

    [LibraryImport("libc", EntryPoint = "prctl")]
    private static partial int Control(int option, nuint first, nuint second, nuint third, nuint fourth);
}
