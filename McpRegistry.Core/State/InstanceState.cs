using McpRegistry.Core.Health;
using McpRegistry.Core.Upstream;

namespace McpRegistry.Core.State;

/// <summary>The live holder of one instance: who it is, its client, its health, and what it is doing now. Read without locks on the call path.</summary>
public sealed class InstanceState
{
    private volatile bool _isDraining;
    private volatile CancellationTokenSource _outage = new();

    /// <summary>Makes the state of an instance.</summary>
    public InstanceState(string serviceName, string instanceId, Uri? address, IInstanceClient client, InstanceHealth health, InstanceLoad load)
    {
        ServiceName = serviceName;
        InstanceId = instanceId;
        Address = address;
        Client = client;
        Health = health;
        Load = load;
    }

    /// <summary>The service it belongs to.</summary>
    public string ServiceName { get; }

    /// <summary>Its id, unique within the service.</summary>
    public string InstanceId { get; }

    /// <summary>Its URL; null for a stdio child.</summary>
    public Uri? Address { get; }

    /// <summary>The connection to it.</summary>
    public IInstanceClient Client { get; }

    /// <summary>What probes and calls have shown of it.</summary>
    public InstanceHealth Health { get; }

    /// <summary>Calls in flight and their latency.</summary>
    public InstanceLoad Load { get; }

    /// <summary>Who has used it.</summary>
    public InstanceAudience Audience { get; init; } = new();

    /// <summary>True while it gets no new calls by an operator's wish.</summary>
    public bool IsDraining
    {
        get => _isDraining;
        set => _isDraining = value;
    }

    /// <summary>Cancelled when the instance is found to be out: a safe call that waits on it is then better made elsewhere.</summary>
    public CancellationToken Outage => _outage.Token;

    /// <summary>Tells the safe calls in flight that the instance is out; later calls are not concerned.</summary>
    public void AbandonSafeCalls()
    {
        var ended = Interlocked.Exchange(ref _outage, new CancellationTokenSource());
        ended.Cancel();
    }

    /// <summary>True when it may get a call now.</summary>
    public bool IsAvailable => !_isDraining && Client.Connection is not null && Health.IsAvailable;
}
