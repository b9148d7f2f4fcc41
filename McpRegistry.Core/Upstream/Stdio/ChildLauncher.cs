using McpRegistry.Core.Registration;

namespace McpRegistry.Core.Upstream.Stdio;

/// <summary>Starts the child a registration asks for.</summary>
internal sealed class ChildLauncher(ISecretResolver secrets, NpxEntryPoints npx, OrphanWatchdog watchdog)
{
    /// <summary>Says what is to be started; has npm install it first where that is its way.</summary>
    /// <exception cref="UpstreamException">It cannot be started; the message says why.</exception>
    public async Task<LaunchCommand> PrepareAsync(ServiceConfig config, bool startNpxDirectly, CancellationToken cancellationToken) =>
        await npx.ResolveAsync(Compose(config), startNpxDirectly, cancellationToken);

    /// <summary>Starts it.</summary>
    /// <exception cref="UpstreamException">It cannot be started; the message says why.</exception>
    public ChildProcess Start(LaunchCommand command)
    {
        watchdog.EnsureStarted();
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
