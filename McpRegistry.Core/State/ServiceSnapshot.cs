using System.Collections.Immutable;

using McpRegistry.Core.Catalog;
using McpRegistry.Core.Registration;

namespace McpRegistry.Core.State;

/// <summary>One immutable view of a service.</summary>
public sealed record ServiceSnapshot
{
    /// <summary>What was asked for.</summary>
    public required ServiceRegistration Registration { get; init; }

    /// <summary>How calls are spread.</summary>
    public required ILoadBalancingPolicy Policy { get; init; }

    /// <summary>Bounds how many lost calls are sent again; one for the service's life.</summary>
    public RetryBudget RetryBudget { get; init; } = new();

    /// <summary>Its instances, by id.</summary>
    public ImmutableArray<InstanceState> Instances { get; init; } = [];

    /// <summary>What it offers; stays while the service is briefly away.</summary>
    public ServiceCatalog Catalog { get; init; } = ServiceCatalog.Empty;

    /// <summary>How it stands, in one word.</summary>
    public ServiceCondition Condition { get; init; } = ServiceCondition.Starting;

    /// <summary>Why it is not ready, or what is wrong although it is; for people, and holds nothing the upstream sent. Null: nothing is.</summary>
    public string? Reason { get; init; }

    /// <summary>Why this process neither starts nor calls it. Null: it does.</summary>
    public string? Refusal { get; init; }

    /// <summary>Registrations of this name that a more trusted one hides: stored and shown, never served. They come back when that one goes.</summary>
    public ImmutableArray<ServiceRegistration> Shadowed { get; init; } = [];

    /// <summary>Its name.</summary>
    public string Name => Registration.Name;
}
