using McpRegistry.Core.State;

namespace McpRegistry.Core.Calls;

/// <summary>The instances one call has been sent to, or found busy: as many as there can be attempts, without an allocation.</summary>
internal struct TriedInstances
{
    private InstanceState? _first;
    private InstanceState? _second;
    private List<InstanceState>? _more;

    /// <summary>The last one. Null: there was none.</summary>
    public readonly InstanceState? Last => _more is { Count: > 0 } more ? more[^1] : _second ?? _first;

    public readonly bool Contains(InstanceState instance) =>
        ReferenceEquals(_first, instance) || ReferenceEquals(_second, instance) || (_more is not null && _more.Contains(instance));

    public void Add(InstanceState instance)
    {
        if (_first is null) _first = instance;
        else if (_second is null) _second = instance;
        else (_more ??= []).Add(instance);
    }
}
