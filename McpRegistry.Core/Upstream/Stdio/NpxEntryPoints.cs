using System.Collections.Concurrent;
using System.Collections.Immutable;
using System.Text;
using System.Text.Json;

using Microsoft.Extensions.Logging;

namespace McpRegistry.Core.Upstream.Stdio;

/// <summary>
/// Turns <c>npx package</c> into <c>node entry-point</c>: npm would stay between us and the server, cost memory and time with
/// each restart, and swallow signals. npm installs the package once; its program is then started by ourselves.
/// </summary>
/// <remarks>
/// An installation is never cut short by us, or the package would be broken for good: it goes on when the service is removed and,
/// as it does not carry our mark, when the gateway ends. What was cut short otherwise is removed before npm is asked again.
/// </remarks>
internal sealed partial class NpxEntryPoints(TimeProvider time, ILogger<NpxEntryPoints> logger)
{
    private const int MaxOutput = 64 * 1024;

    // What npm runs once the package is there: it shows where that is. Constant, so that nothing of a configuration meets a shell.
    private const string ShowPath = "printf %s \"$PATH\"";

    // npm need not say what nobody reads, least of all to a pipe that is broken because the gateway is gone.
    private static readonly (string Name, string Value)[] Quiet =
        [("npm_config_audit", "false"), ("npm_config_fund", "false"), ("npm_config_loglevel", "error"), ("npm_config_update_notifier", "false")];

    private static readonly TimeSpan InstallTimeout = TimeSpan.FromMinutes(10);
    private static readonly TimeSpan LongInstall = TimeSpan.FromSeconds(3);

    // Somebody else's npm may be filling the folder just now; one that is at work writes more often than this.
    private static readonly TimeSpan QuietFor = TimeSpan.FromSeconds(10);
    private static readonly TimeSpan QuietPoll = TimeSpan.FromSeconds(1);

    private readonly ConcurrentDictionary<string, Lazy<Task<string?>>> _entryPoints = new();

    /// <summary>The direct command for an <c>npx</c> command, or the command itself where that is unclear.</summary>
    /// <param name="command">Any command.</param>
    /// <param name="direct">False: only see to it that npm will install the package whole.</param>
    /// <param name="cancellationToken">Ends the wait, not the installation.</param>
    public async Task<LaunchCommand> ResolveAsync(LaunchCommand command, bool direct, CancellationToken cancellationToken)
    {
        if (OperatingSystem.IsWindows() || Path.GetFileName(command.Program) != "npx" || NpxPackage.Parse(command.Arguments) is not { } package) return command;
        if (!direct || CommandLocator.Find("node", command.Environment.GetValueOrDefault("PATH"), command.Directory) is not { } node)
        {
            await RemoveHalfAsync(package, command.Environment).WaitAsync(cancellationToken);
            return command;
        }

        var key = KeyOf(package, command);
        var search = _entryPoints.GetOrAdd(key, _ => new Lazy<Task<string?>>(() => FindAsync(package, command)));
        var entryPoint = await search.Value.WaitAsync(cancellationToken);
        if (entryPoint is not null && File.Exists(entryPoint)) return command with { Program = node, Arguments = [entryPoint, .. package.Arguments] };

        _entryPoints.TryRemove(KeyValuePair.Create(key, search));
        return command;
    }

    private async Task<string?> FindAsync(NpxPackage package, LaunchCommand command)
    {
        try
        {
            await RemoveHalfAsync(package, command.Environment);
            var install = command with { Arguments = ["-y", "-p", package.Specification, "-c", ShowPath], Environment = ForInstalling(command.Environment) };
            if (await InstallAsync(package, install) is not { } folder) return null;
            if (folder.Lacks(package.Name))
            {
                // npm went over a half installation before we saw it, and takes it for whole now.
                HalfInstalled(package.Specification);
                folder.Remove();
                if (await InstallAsync(package, install) is not { } anew) return null;
                folder = anew;
            }

            return package.FindEntryPoint(folder.Modules);
        }
        catch (Exception exception) when (exception is UpstreamException or IOException or JsonException or TimeoutException or UnauthorizedAccessException)
        {
            EntryPointUnknown(package.Specification, exception);
            return null;
        }
    }

    private async Task RemoveHalfAsync(NpxPackage package, ImmutableDictionary<string, string> environment)
    {
        try
        {
            if (NpxFolder.Of(package, environment) is not { } folder) return;
            var start = time.GetTimestamp();
            while (folder.IsHalf && time.GetUtcNow() - folder.LastWritten() < QuietFor)
            {
                if (time.GetElapsedTime(start) > InstallTimeout) return;
                await Task.Delay(QuietPoll, time);
            }

            if (!folder.IsHalf) return;
            HalfInstalled(package.Specification);
            folder.Remove();
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            HalfNotRemoved(package.Specification, exception);
        }
    }

    private async Task<NpxFolder?> InstallAsync(NpxPackage package, LaunchCommand npx)
    {
        using var child = ChildProcess.Start(npx);
        try
        {
            child.Input.Close();
            var errors = child.Error.CopyToAsync(Stream.Null);
            var reading = ReadAsync(child.Output);
            if (await Task.WhenAny(reading, Task.Delay(LongInstall, time)) != reading) InstallationTakesLong(package.Specification);
            var path = await reading.WaitAsync(InstallTimeout, time);
            await errors.WaitAsync(InstallTimeout, time);
            await child.Exited.WaitAsync(InstallTimeout, time);
            return child.ExitCode == 0 ? NpxFolder.In(path) : null;
        }
        finally
        {
            await child.KillAsync();
        }
    }

    private static async Task<string> ReadAsync(Stream output)
    {
        var buffer = new byte[MaxOutput];
        var count = await output.ReadAtLeastAsync(buffer, buffer.Length, throwOnEndOfStream: false);
        return Encoding.UTF8.GetString(buffer, 0, count);
    }

    // npm looks for the package in the folder it is started in first, and its settings may be variables.
    private static string KeyOf(NpxPackage package, LaunchCommand command)
    {
        var settings = command.Environment
            .Where(variable => variable.Key is "HOME" or "PATH" || variable.Key.StartsWith("npm_config_", StringComparison.OrdinalIgnoreCase))
            .OrderBy(variable => variable.Key, StringComparer.Ordinal)
            .Select(variable => $"{variable.Key}={variable.Value}");
        return string.Join('\n', [package.Specification, command.Directory, .. settings]);
    }

    private static ImmutableDictionary<string, string> ForInstalling(ImmutableDictionary<string, string> environment)
    {
        var all = environment.Remove(ChildEnvironment.OwnerVariable).ToBuilder();
        foreach (var (name, value) in Quiet)
        {
            if (!all.Keys.Contains(name, StringComparer.OrdinalIgnoreCase)) all[name] = value;
        }

        return all.ToImmutable();
    }
}
