namespace McpRegistry.Core.Upstream;

/// <summary>An instance could not be connected. The message is for operators and holds nothing the upstream sent.</summary>
public sealed class UpstreamException(string message, Exception? inner = null) : Exception(message, inner)
{
    /// <summary>True when the upstream is there but refused us (401, 403, 429): alive, in need of credentials or patience.</summary>
    public bool IsAlive { get; init; }

    /// <summary>True when the reason is the gateway's own (settings, rules, a loop of gateways), and so tells nothing of what is at the address.</summary>
    internal bool IsOurOwn { get; init; }

    /// <summary>The HTTP status by which it refused us while it is alive. Null: it did not.</summary>
    public int? RefusalStatus { get; private init; }

    /// <summary>A living upstream refused us by this HTTP status: 401, 403 or 429.</summary>
    internal static UpstreamException Refused(int status) => new(UpstreamReply.Refusal(status)) { IsAlive = true, RefusalStatus = status };
}
