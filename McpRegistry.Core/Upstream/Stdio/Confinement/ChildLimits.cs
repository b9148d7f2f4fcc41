namespace McpRegistry.Core.Upstream.Stdio.Confinement;

/// <summary>What a child may not gain and not use up. They hold on Linux; elsewhere children run without.</summary>
/// <param name="NoNewPrivileges">Whether it is barred from gaining privileges by what it starts (setuid programs, file capabilities).</param>
/// <param name="OpenFiles">Files that it, and each process it starts, may have open.</param>
/// <param name="Processes">Processes and threads of its user, all programs together, from which on it may start no more.</param>
internal sealed record ChildLimits(bool NoNewPrivileges, int OpenFiles, int Processes)
{
    // snap's own launcher is a setuid program: without privileges to gain nothing that snap installed could be started.
    private static readonly string[] Snaps = ["/snap/", "/var/lib/snapd/snap/"];

    /// <summary>The limits of a program by the settings.</summary>
    public static ChildLimits Of(StdioOptions options, string program) => new(
        options.NoNewPrivileges && !Array.Exists(Snaps, folder => program.StartsWith(folder, StringComparison.Ordinal)), options.MaxOpenFiles, options.MaxProcesses);
}
