using System.Collections.Frozen;
using System.Collections.Immutable;

namespace McpRegistry.Core.LoadBalancing;

/// <summary>The load balancing policies there are. Names are compared without regard to case.</summary>
public sealed class LoadBalancingPolicySet
{
    private readonly FrozenDictionary<string, LoadBalancingPolicyFactory> _byName;

    /// <summary>Takes all policies that were added.</summary>
    /// <exception cref="ArgumentException">Two of them have the same name.</exception>
    public LoadBalancingPolicySet(IEnumerable<LoadBalancingPolicyFactory> factories)
    {
        var all = factories.ToArray();
        Names = [.. all.Select(one => one.Name)];
        var twice = Names.GroupBy(name => name, StringComparer.OrdinalIgnoreCase).FirstOrDefault(group => group.Count() > 1);
        if (twice is not null) throw new ArgumentException($"There are two load balancing policies named {twice.Key}.", nameof(factories));
        _byName = all.ToFrozenDictionary(one => one.Name, StringComparer.OrdinalIgnoreCase);
    }

    /// <summary>Their names, in the order they were added.</summary>
    public ImmutableArray<string> Names { get; }

    /// <summary>True when there is a policy of this name.</summary>
    public bool Contains(string name) => _byName.ContainsKey(name);

    /// <summary>Makes a service's own policy.</summary>
    /// <exception cref="ArgumentException">There is none of this name; whoever takes a registration asks <see cref="Contains"/> first.</exception>
    public ILoadBalancingPolicy Create(string name) => _byName.TryGetValue(name, out var factory)
        ? factory.Create()
        : throw new ArgumentException($"There is no load balancing policy named {name}.", nameof(name));
}
