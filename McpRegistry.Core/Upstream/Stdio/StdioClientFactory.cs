using McpRegistry.Core.Buffers;
using McpRegistry.Core.Registration;

using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;

namespace McpRegistry.Core.Upstream.Stdio;

/// <summary>Makes the clients of stdio services; each has a child process of its own.</summary>
internal sealed partial class StdioClientFactory(
    ChildLauncher launcher,
    IOptions<StdioOptions> options,
    IOptions<UpstreamOptions> limits,
    TimeProvider time,
    Random random,
    ILogger<StdioInstanceClient> logger,
    ILogger<StderrTail> stderrLogger,
    ByteBudget? budget = null)
{
    /// <summary>Makes a client whose child is not started yet.</summary>
    public StdioInstanceClient Create(ServiceRegistration registration, string instanceId, IInstanceObserver observer)
    {
        if (VisiblePlaceholders.In(registration.Config) is { Count: > 0 } visible) ArgumentsAreVisible(logger, registration.Name, string.Join(", ", visible));
        var stderr = new StderrTail($"{registration.Name}/{instanceId}", options.Value.StderrBytes, stderrLogger);
        var supervisor = new ChildSupervisor(registration, instanceId, observer, launcher, stderr, options.Value, limits.Value.MaxResponseBytes, time, random, logger, budget);
        // Where there are others, a call is better made there than kept waiting.
        var isLone = registration.Config.Replicas <= 1;
        var longestWait = isLone ? registration.Config.Timeouts.Startup : options.Value.RestartWait;
        return new StdioInstanceClient(supervisor, longestWait, options.Value.RestartWait, isLone, time);
    }

    [LoggerMessage(Level = LogLevel.Warning, Message = "{Service}: its arguments are filled with {Variables}, and arguments of a running program can be read by every user of this machine; a secret belongs into env")]
    private static partial void ArgumentsAreVisible(ILogger logger, string service, string variables);
}
