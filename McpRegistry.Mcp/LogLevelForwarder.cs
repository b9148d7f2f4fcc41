using System.Collections.Concurrent;

using McpRegistry.Core.Calls;
using McpRegistry.Core.Json;
using McpRegistry.Core.State;
using McpRegistry.Core.Upstream;

namespace McpRegistry.Mcp;

/// <summary>
/// Tells legacy services from which level on to log. Their sessions are shared by all clients, so the most talkative
/// wish goes upstream; what the others do not want is held back here.
/// </summary>
internal sealed partial class LogLevelForwarder(ICallDispatcher dispatcher, LegacySessions sessions, ILogger<LogLevelForwarder> log)
{
    private readonly ConcurrentDictionary<string, int> _told = new(StringComparer.Ordinal);

    /// <summary>Looks at what is wanted of these services now. Returns at once; no client waits for it.</summary>
    public void Forward(IEnumerable<ServiceSnapshot> services)
    {
        foreach (var service in services)
        {
            if (!service.Catalog.HasLogging || !service.Instances.Any(one => one.Client.Connection?.Era == ProtocolEra.Legacy)) continue;
            var wanted = sessions.All.Where(one => one.Service is null || one.Service == service.Name).Min(one => one.LogRank);
            if (wanted is not { } rank || (_told.TryGetValue(service.Name, out var told) && told == rank)) continue;
            _told[service.Name] = rank;
            _ = TellAsync(service, rank);
        }
    }

    private async Task TellAsync(ServiceSnapshot service, int rank)
    {
        try
        {
            byte[] level = [.. "{\"level\":\""u8, .. System.Text.Encoding.ASCII.GetBytes(McpLogLevels.NameOf(rank)), .. "\"}"u8];
            var call = new UpstreamCall { Service = service, Method = "logging/setLevel", Params = RequestParams.Parse(level), IsSafe = true };
            using var outcome = await dispatcher.DispatchAsync(call, CancellationToken.None);
            if (outcome.Failure is not { } failure) return;
            _told.TryRemove(new(service.Name, rank));
            LogNotTold(log, service.Name, failure);
        }
        catch (Exception bug) { LogBug(log, bug, service.Name); }
    }
}
