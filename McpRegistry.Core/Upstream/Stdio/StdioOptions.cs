using System.ComponentModel.DataAnnotations;

namespace McpRegistry.Core.Upstream.Stdio;

/// <summary>How child processes are started, restarted and stopped, section <c>McpRegistry:Stdio</c>.</summary>
public sealed class StdioOptions
{
    /// <summary>The configuration section.</summary>
    public const string Section = "McpRegistry:Stdio";

    /// <summary>How long a server of unknown era may be silent once it has read the question what it speaks, before it is taken for an old one. Default 2 s; paid once.</summary>
    [Range(typeof(TimeSpan), "00:00:00.010", "00:05:00")]
    public TimeSpan DiscoverTimeout { get; set; } = TimeSpan.FromSeconds(2);

    /// <summary>Whether <c>npx</c> servers are started as <c>node entry-point</c>, without npm staying in between. Default true.</summary>
    public bool StartNpxDirectly { get; set; } = true;

    /// <summary>The pause before a restart; doubles with each. Default 0.5 s.</summary>
    [Range(typeof(TimeSpan), "00:00:00", "01:00:00")]
    public TimeSpan RestartDelay { get; set; } = TimeSpan.FromSeconds(0.5);

    /// <summary>The longest pause before a restart. Default 60 s.</summary>
    [Range(typeof(TimeSpan), "00:00:00", "1.00:00:00")]
    public TimeSpan MaxRestartDelay { get; set; } = TimeSpan.FromSeconds(60);

    /// <summary>A child that ran this long is restarted at once the first time. Default 3 s.</summary>
    [Range(typeof(TimeSpan), "00:00:00", "1.00:00:00")]
    public TimeSpan SteadyAfter { get; set; } = TimeSpan.FromSeconds(3);

    /// <summary>A child that ran this long has a clean record again. Default 60 s.</summary>
    [Range(typeof(TimeSpan), "00:00:00", "1.00:00:00")]
    public TimeSpan ForgivenAfter { get; set; } = TimeSpan.FromSeconds(60);

    /// <summary>So many exits within <see cref="CrashLoopWindow"/> are a crash loop. Default 5.</summary>
    [Range(1, 1000)]
    public int CrashLoopExits { get; set; } = 5;

    /// <summary>See <see cref="CrashLoopExits"/>; also the pause between two tries in a crash loop. Default 60 s.</summary>
    [Range(typeof(TimeSpan), "00:00:00.010", "1.00:00:00")]
    public TimeSpan CrashLoopWindow { get; set; } = TimeSpan.FromSeconds(60);

    /// <summary>
    /// How long a call waits for a child that is just being restarted, where the service has others; a lone child is waited for as
    /// long as its start may take. Default 1.5 s.
    /// </summary>
    [Range(typeof(TimeSpan), "00:00:00", "00:05:00")]
    public TimeSpan RestartWait { get; set; } = TimeSpan.FromSeconds(1.5);

    /// <summary>How long a child may take to end after its stdin was closed. Default 2 s.</summary>
    [Range(typeof(TimeSpan), "00:00:00", "00:05:00")]
    public TimeSpan CloseGrace { get; set; } = TimeSpan.FromSeconds(2);

    /// <summary>How long a child may take to end after SIGTERM, before SIGKILL. Default 3 s.</summary>
    [Range(typeof(TimeSpan), "00:00:00", "00:05:00")]
    public TimeSpan TerminateGrace { get; set; } = TimeSpan.FromSeconds(3);

    /// <summary>
    /// Whether children are barred from gaining privileges (setuid programs such as <c>sudo</c>, file capabilities). Linux only. Programs
    /// that snap installed are excepted, as its launcher is one. Default true.
    /// </summary>
    public bool NoNewPrivileges { get; set; } = true;

    /// <summary>Files that a child, and each process it starts, may have open. Linux only; what the machine allows may be less. Default 16,384.</summary>
    [Range(256, 1024 * 1024)]
    public int MaxOpenFiles { get; set; } = 16 * 1024;

    /// <summary>
    /// Processes and threads of the gateway's user, all programs of the machine together, from which on a child may start no more: the
    /// system counts by user. Linux only, and not for root. Default 16,384: half of what the smallest systems can have, and more than desktops do.
    /// </summary>
    [Range(256, 4 * 1024 * 1024)]
    public int MaxProcesses { get; set; } = 16 * 1024;

    /// <summary>How much of a child's stderr is kept for administrators, in bytes. Default 64 KiB.</summary>
    [Range(0, 16 * 1024 * 1024)]
    public int StderrBytes { get; set; } = 64 * 1024;

    /// <summary>
    /// How much a child may write to stdout that is no JSON-RPC, in bytes a second, on average over ten seconds, where a line
    /// counts as 100 bytes at least. Less is counted and passed over; more is a flood, and the child is started anew. Default 1 MiB.
    /// </summary>
    [Range(1024, int.MaxValue)]
    public int JunkBytesPerSecond { get; set; } = 1024 * 1024;
}
