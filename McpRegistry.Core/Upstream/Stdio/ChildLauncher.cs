using System.Collections.Immutable;

using McpRegistry.Core.Registration;
using McpRegistry.Core.Upstream.Stdio.Confinement;

namespace McpRegistry.Core.Upstream.Stdio;

/// <summary>Starts the child a registration asks for.</summary>
internal sealed class ChildLauncher(ISecretResolver secrets, NpxEntryPoints npx, OrphanWatchdog watchdog)
{
    /// <summary>Says what is to be started; has npm install it first where that is its way.</summary>
    /// <exception cref="UpstreamException">It cannot be started; the message says why.</exception>
    public async Task<LaunchCommand> PrepareAsync(ServiceConfig config, StdioOptions options, CancellationToken cancellationToken)
    {
        var command = await npx.ResolveAsync(Compose(config, options), options.StartNpxDirectly, cancellationToken);
        // Node may come from elsewhere than npx.
        return command with { Limits = ChildLimits.Of(options, command.Program) };
    }

    /// <summary>Starts it.</summary>
    /// <exception cref="UpstreamException">It cannot be started; the message says why.</exception>
    public ChildProcess Start(LaunchCommand command)
    {
        watchdog.EnsureStarted();
        return ChildProcess.Start(command);
    }

    private LaunchCommand Compose(ServiceConfig config, StdioOptions options)
    {
        if (string.IsNullOrWhiteSpace(config.Command)) throw new UpstreamException("no command is configured");
        var directory = Path.GetFullPath(config.Cwd ?? Environment.CurrentDirectory);
        if (!Directory.Exists(directory)) throw new UpstreamException("the working directory does not exist");
        try
        {
            var environment = ChildEnvironment.For(config, secrets, watchdog.Owner);
            var program = CommandLocator.Find(Fill(config.Command), environment.GetValueOrDefault("PATH"), directory)
                ?? throw new UpstreamException($"{config.Command} not found");
            ImmutableArray<string> arguments = [.. config.Args.Select(Fill)];
            return new LaunchCommand(program, arguments, directory, environment)
            {
                Limits = ChildLimits.Of(options, program),
                Secrets = [.. config.Env.Keys.Select(name => environment[name]), .. arguments.Except(config.Args)],
            };
        }
        catch (SecretNotFoundException exception)
        {
            throw new UpstreamException(exception.Message, exception);
        }
    }

    // Placeholders only: an argument that happens to begin with "file:" is an argument, not a reference.
    private string Fill(string text) => text.Contains("${", StringComparison.Ordinal) ? secrets.Resolve(text) : text;
}
