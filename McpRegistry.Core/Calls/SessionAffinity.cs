using System.Collections.Concurrent;

namespace McpRegistry.Core.Calls;

/// <summary>Which instance of each stateful service one legacy client session is bound to.</summary>
public sealed class SessionAffinity
{
    private readonly ConcurrentDictionary<string, string> _instanceByService = new(StringComparer.Ordinal);

    /// <summary>The instance bound for a service, or null.</summary>
    public string? Find(string service) => _instanceByService.GetValueOrDefault(service);

    /// <summary>Binds an instance, in place of an earlier one.</summary>
    public void Bind(string service, string instanceId) => _instanceByService[service] = instanceId;
}
