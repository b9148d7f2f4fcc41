using McpRegistry.Core.Buffers;
using McpRegistry.Core.Registration;

using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;

namespace McpRegistry.Core.Upstream.Stdio;

/// <summary>Makes the clients of stdio services; each has a child process of its own.</summary>
internal sealed class StdioClientFactory(
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
        var stderr = new StderrTail($"{registration.Name}/{instanceId}", options.Value.StderrBytes, stderrLogger);
        var supervisor = new ChildSupervisor(registration, instanceId, observer, launcher, stderr, options.Value, limits.Value.MaxResponseBytes, time, random, logger, budget);
        // Where there are others, a call is better made there than kept waiting.
        var isLone = registration.Config.Replicas <= 1;
        var longestWait = isLone ? registration.Config.Timeouts.Startup : options.Value.RestartWait;
        return new StdioInstanceClient(supervisor, longestWait, options.Value.RestartWait, isLone, time);
    }
}
