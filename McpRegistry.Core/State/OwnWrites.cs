using McpRegistry.Core.Registration;

namespace McpRegistry.Core.State;

/// <summary>
/// What this process wrote to a store that it shares with others and has not read back since. A store that loses its data loses these
/// too, and nobody else may have heard of them. Used only by the holder of the turn.
/// </summary>
internal sealed class OwnWrites
{
    private readonly Dictionary<string, DateTimeOffset> _registrations = new(StringComparer.Ordinal);
    private readonly HashSet<InstanceName> _drained = [];

    /// <summary>True when somebody reads the store and confirms. Default false: nothing is remembered.</summary>
    public bool AreRemembered { get; set; }

    /// <summary>True when everything was read back.</summary>
    public bool IsEmpty => _registrations.Count == 0 && _drained.Count == 0;

    /// <summary>The registrations that were added, changed or removed, with the time they were created.</summary>
    public IReadOnlyDictionary<string, DateTimeOffset> Registrations => _registrations;

    /// <summary>The instances that were drained or given back.</summary>
    public IReadOnlySet<InstanceName> Drained => _drained;

    public void Add(ServiceRegistration registration)
    {
        if (AreRemembered) _registrations[registration.Name] = registration.CreatedAt;
    }

    public void Add(InstanceName instance)
    {
        if (AreRemembered) _drained.Add(instance);
    }

    /// <summary>These registrations were read back, and with them all drained instances.</summary>
    public void Confirm(IEnumerable<string> services)
    {
        foreach (var service in services) _registrations.Remove(service);
        _drained.Clear();
    }

    /// <summary>Everything was read back.</summary>
    public void ConfirmAll()
    {
        _registrations.Clear();
        _drained.Clear();
    }
}
