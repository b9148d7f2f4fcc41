using System.Diagnostics;

namespace McpRegistry.Tests.Confinement;

/// <summary>
/// Programs as an ordinary user has them. Root may read everything, so where the tests run as root they are started without its
/// capabilities: by number still root, so that the files of the work tree can be read, by rights a user like any other.
/// </summary>
internal static class UnprivilegedProcess
{
    private static readonly string[] Dropped = ["--bounding-set=-all", "--inh-caps=-all", "--"];

    /// <summary>What is put before a command.</summary>
    public static string[] Prefix => Environment.IsPrivilegedProcess ? ["setpriv", .. Dropped] : ["env", "--"];

    /// <summary>Runs a command to its end.</summary>
    public static async Task<(int ExitCode, string Output, string Errors)> RunAsync(params string[] command)
    {
        string[] all = [.. Prefix, .. command];
        using var process = Process.Start(new ProcessStartInfo(all[0], all[1..]) { RedirectStandardOutput = true, RedirectStandardError = true })!;
        var errors = process.StandardError.ReadToEndAsync();
        var output = await process.StandardOutput.ReadToEndAsync();
        await process.WaitForExitAsync();
        return (process.ExitCode, output, await errors);
    }
}
