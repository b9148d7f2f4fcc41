using System.Collections.Concurrent;
using System.Text;
using System.Text.Json;

using Microsoft.Extensions.Logging;

namespace McpRegistry.Core.Upstream.Stdio;

/// <summary>
/// Turns <c>npx package</c> into <c>node entry-point</c>: npm would stay between us and the server, cost memory and time with
/// each restart, and swallow signals. npm installs the package once; its program is then started by ourselves.
/// </summary>
internal sealed partial class NpxEntryPoints(TimeProvider time, ILogger<NpxEntryPoints> logger)
{
    private const int MaxOutput = 64 * 1024;

    // What npm runs once the package is there: it shows where that is. Constant, so that nothing of a configuration meets a shell.
    private const string ShowPath = "printf %s \"$PATH\"";
    private static readonly TimeSpan InstallTimeout = TimeSpan.FromMinutes(5);

    private readonly ConcurrentDictionary<string, Lazy<Task<string?>>> _entryPoints = new();

    /// <summary>The direct command for an <c>npx</c> command, or the command itself where that is unclear.</summary>
    public async Task<LaunchCommand> ResolveAsync(LaunchCommand command, CancellationToken cancellationToken)
    {
        if (OperatingSystem.IsWindows() || Path.GetFileName(command.Program) != "npx" || NpxPackage.Parse(command.Arguments) is not { } package) return command;
        if (CommandLocator.Find("node", command.Environment.GetValueOrDefault("PATH"), command.Directory) is not { } node) return command;

        var key = $"{package.Specification}\n{command.Directory}";
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
            var path = await InstallAsync(command with { Arguments = ["-y", "-p", package.Specification, "-c", ShowPath] });
            var modules = path?.Split(Path.PathSeparator)
                .Where(folder => folder.Contains("/_npx/", StringComparison.Ordinal) && folder.EndsWith("/node_modules/.bin", StringComparison.Ordinal))
                .Select(Path.GetDirectoryName)
                .FirstOrDefault();
            return modules is null ? null : package.FindEntryPoint(modules);
        }
        catch (Exception exception) when (exception is UpstreamException or IOException or JsonException or TimeoutException or UnauthorizedAccessException)
        {
            EntryPointUnknown(package.Specification, exception);
            return null;
        }
    }

    private async Task<string?> InstallAsync(LaunchCommand npx)
    {
        using var child = ChildProcess.Start(npx);
        try
        {
            child.Input.Close();
            var errors = child.Error.CopyToAsync(Stream.Null);
            var output = await ReadAsync(child.Output).WaitAsync(InstallTimeout, time);
            await errors.WaitAsync(InstallTimeout, time);
            await child.Exited.WaitAsync(InstallTimeout, time);
            return child.ExitCode == 0 ? output : null;
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
}
