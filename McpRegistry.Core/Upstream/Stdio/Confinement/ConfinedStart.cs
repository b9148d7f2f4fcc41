using System.Diagnostics;
using System.Globalization;
using System.Runtime.ExceptionServices;
using System.Runtime.InteropServices;

namespace McpRegistry.Core.Upstream.Stdio.Confinement;

/// <summary>Starts a program within limits, without another program in between: a launcher would cost each start its own.</summary>
internal static partial class ConfinedStart
{
    private const int SetNoNewPrivileges = 38;
    private const int CoreSize = 4;
    private const int ProcessCount = 6;
    private const int OpenFileCount = 7;

    // When memory runs out, a server goes before the gateway that all the others hang on. 1000 would be "this one, whatever else".
    private const int OomScore = 500;

    private const int StackBytes = 256 * 1024;

    /// <summary>Starts it.</summary>
    /// <param name="start">What.</param>
    /// <param name="limits">Null: it is one of our own, and has none.</param>
    public static Process Start(ProcessStartInfo start, ChildLimits? limits)
    {
        if (limits is null || !OperatingSystem.IsLinux()) return Process.Start(start)!;
        var process = limits.NoNewPrivileges ? StartUnprivileged(start) : Process.Start(start)!;
        // From outside: it is still setsid then, and what a process starts has the limits that itself has by that time.
        Limit(process.Id, CoreSize, 0);
        Limit(process.Id, OpenFileCount, (nuint)limits.OpenFiles);
        Limit(process.Id, ProcessCount, (nuint)limits.Processes);
        OfferToOomKiller(process.Id);
        return process;
    }

    // A thread that gave privileges up never gets them back, and what is started from it has none to gain: so it has a thread of its own.
    private static Process StartUnprivileged(ProcessStartInfo start)
    {
        Process? process = null;
        ExceptionDispatchInfo? failure = null;
        var thread = new Thread(
            () =>
            {
                try
                {
                    _ = Control(SetNoNewPrivileges, 1, 0, 0, 0);
                    process = Process.Start(start);
                }
                catch (Exception thrown) { failure = ExceptionDispatchInfo.Capture(thrown); }
            },
            StackBytes)
        { IsBackground = true };
        thread.Start();
        thread.Join();
        failure?.Throw();
        return process!;
    }

    // Never more than it has by now: somebody outside may allow us less.
    private static void Limit(int process, int resource, nuint most)
    {
        if (GetLimit(process, resource, 0, out var now) != 0) return;
        var hard = nuint.Min(now.Hard, most);
        _ = SetLimit(process, resource, new ResourceLimit(nuint.Min(now.Soft, hard), hard), 0);
    }

    private static void OfferToOomKiller(int process)
    {
        try
        {
            var file = string.Create(CultureInfo.InvariantCulture, $"/proc/{process}/oom_score_adj");
            // Only root may lower it, and an orchestrator may have put it higher.
            if (int.TryParse(File.ReadAllText(file), CultureInfo.InvariantCulture, out var now) && now < OomScore) File.WriteAllText(file, OomScore.ToString(CultureInfo.InvariantCulture));
        }
        catch (Exception gone) when (gone is IOException or UnauthorizedAccessException)
        {
            // It has ended already, or whoever started us forbids it.
        }
    }

    [LibraryImport("libc", EntryPoint = "prctl")]
    private static partial int Control(int option, nuint first, nuint second, nuint third, nuint fourth);

    [LibraryImport("libc", EntryPoint = "prlimit")]
    private static partial int GetLimit(int process, int resource, nint wanted, out ResourceLimit now);

    [LibraryImport("libc", EntryPoint = "prlimit")]
    private static partial int SetLimit(int process, int resource, in ResourceLimit wanted, nint now);

    [StructLayout(LayoutKind.Sequential)]
    private readonly record struct ResourceLimit(nuint Soft, nuint Hard);
}
