using McpRegistry.Core.Registration;

namespace McpRegistry.Core.Upstream.Stdio;

/// <summary>Starts the child a registration asks for.</summary>
internal sealed class ChildLauncher(ISecretResolver secrets, NpxEntryPoints npx, OrphanWatchdog watchdog)
{
    /// <exception cref="UpstreamException">It cannot be started; the message says why.</exception>
    public async Task<ChildProcess> StartAsync(ServiceConfig config, bool startNpxDirectly, CancellationToken cancellationToken)
    {
        var command = Compose(config);
        watchdog.EnsureStarted();
        if (startNpxDirectly) command = await npx.ResolveAsync(command, cancellationToken);
        return ChildProcess.Start(command);
    }

    private LaunchCommand Compose(ServiceConfig config)
    {
        if (string.IsNullOrWhiteSpace(config.Command)) throw new UpstreamException("no command is configured");
        var directory = Path.GetFullPath(config.Cwd ?? Environment.CurrentDirectory);
        if (!Directory.Exists(directory)) throw new UpstreamException("the working directory does not exist");
        try
        {
            var environment = ChildEnvironment.For(config, secrets, watchdog.Owner);
            var program = CommandLocator.Find(Fill(config.Command), environment.GetValueOrDefault("PATH"), directory)
                ?? throw new UpstreamException($"{config.Command} not found");
            return new LaunchCommand(program, [.. config.Args.Select(Fill)], directory, environment);
        }
        catch (SecretNotFoundException exception)
        {
            throw new UpstreamException(exception.Message, exception);
        }
    }

    // Placeholders only: an argument that happens to begin with "file:" is an argument, not a reference.
    private string Fill(string text) => text.Contains("${", StringComparison.Ordinal) ? secrets.Resolve(text) : text;
}
