using McpRegistry.Core.Json;
using McpRegistry.Core.State;
using McpRegistry.Core.Upstream;

namespace McpRegistry.Core.Health;

/// <summary>Probes by the protocol itself: an open port or a plain HTTP answer is no proof that a server works.</summary>
internal sealed class McpInstanceProbe(TimeProvider time) : IInstanceProbe
{
    public async Task<ProbeResult> ProbeAsync(InstanceState instance, CancellationToken cancellationToken)
    {
        var started = time.GetTimestamp();
        var connection = instance.Client.Connection;
        var (isHealthy, error) = connection is not null
            ? await AskAsync(instance.Client, connection.Era, cancellationToken)
            : await ConnectAsync(instance.Client, cancellationToken);
        return new ProbeResult(isHealthy, time.GetElapsedTime(started), error) { IsHandshake = connection is null };
    }

    private static async Task<(bool IsHealthy, string? Error)> ConnectAsync(IInstanceClient client, CancellationToken cancellationToken)
    {
        try
        {
            await client.ConnectAsync(cancellationToken);
            return (true, null);
        }
        catch (UpstreamException refusal) { return (refusal.IsAlive, refusal.Message); }
    }

    private static async Task<(bool IsHealthy, string? Error)> AskAsync(IInstanceClient client, ProtocolEra era, CancellationToken cancellationToken)
    {
        var request = new UpstreamRequest
        {
            Method = era == ProtocolEra.Modern ? "server/discover" : "ping",
            Params = RequestParams.Empty,
            IsOfRegistry = true,
        };
        using var reply = await client.SendAsync(request, cancellationToken);
        cancellationToken.ThrowIfCancellationRequested();
        if (reply.RefusalReason is { } refusal) return (true, refusal);
        if (reply.IsAlive) return (true, null);
        return reply.Outcome switch
        {
            // A JSON-RPC error is an answer as well: a server that does not know ping is alive.
            UpstreamOutcome.Answered or UpstreamOutcome.ResponseTooLarge or UpstreamOutcome.NoRoom => (true, null),
            UpstreamOutcome.ConnectFailed => (false, "It cannot be reached."),
            UpstreamOutcome.Refused => (false, "It refused the probe."),
            UpstreamOutcome.Overloaded => (false, "It takes no more requests."),
            UpstreamOutcome.SentButNoAnswer => (false, "The connection ended before the answer."),
            UpstreamOutcome.ProtocolError => (false, "Its answer was not MCP."),
            _ => (false, "It did not answer."),
        };
    }
}
