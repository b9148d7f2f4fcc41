using McpRegistry.Core.Registration;

using Microsoft.Extensions.Logging;

namespace McpRegistry.Core.Upstream.Http;

/// <summary>
/// What is told of a service that was registered over REST and cannot be connected. Whoever registers addresses and reads the reasons
/// would otherwise learn which ports of which hosts are open, closed or filtered, and what listens there. The log says it all.
/// </summary>
internal sealed partial class Discretion(InstanceName instance, ILogger logger)
{
    public const string Unreachable = "It cannot be reached, or does not speak what it should; the gateway's log has the reason.";

    private string? _logged;

    /// <summary>The failure as it may be told.</summary>
    public UpstreamException Of(UpstreamException failure)
    {
        if (failure.IsAlive || failure.IsOurOwn) return failure;
        // Once for each reason: it is tried again and again.
        if (Interlocked.Exchange(ref _logged, failure.Message) != failure.Message) NotConnected(instance.Service, instance.Instance, failure.Message);
        return new UpstreamException(Unreachable, failure);
    }

    [LoggerMessage(Level = LogLevel.Information, Message = "{Service}/{Instance} cannot be connected: {Reason}")]
    private partial void NotConnected(string service, string instance, string reason);
}
