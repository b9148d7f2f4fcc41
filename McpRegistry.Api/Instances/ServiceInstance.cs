using System.ComponentModel;

using McpRegistry.Api.Health;
using McpRegistry.Core.Registration;
using McpRegistry.Core.State;
using McpRegistry.Core.Upstream;

namespace McpRegistry.Api.Instances;

/// <summary>One running copy of a service, and how it stands.</summary>
internal sealed record ServiceInstance
{
    public required string ServiceName { get; init; }

    public required string InstanceId { get; init; }

    public required string Type { get; init; }

    [Description("Its address; null for a child process.")]
    public string? BaseUrl { get; init; }

    [Description("healthy, unhealthy or unknown.")]
    public required string Health { get; init; }

    [Description("Average latency times calls in flight plus one; lower is better.")]
    public required double LoadScore { get; init; }

    public required int InFlight { get; init; }

    [Description("Whether it gets no new calls by an operator's wish.")]
    public required bool Draining { get; init; }

    [Description("Lines of a program's output that were no JSON-RPC and were passed over, of all its lives since this process began; null where nothing counts them.")]
    public long? PassedOver { get; init; }

    public static ServiceInstance Of(ServiceSnapshot service, InstanceState instance) => new()
    {
        ServiceName = service.Name,
        InstanceId = instance.InstanceId,
        Type = service.Registration.Type.WireName(),
        // A query may hold a key, and so may a path; where the instance is does not need it.
        BaseUrl = instance.Address is { } address ? RegistrationJson.ShownAddress(address, service.Registration) : null,
        Health = ServiceHealthModel.WireNameOf(instance.Health.Status.Verdict),
        LoadScore = instance.Load.Score,
        InFlight = instance.Load.InFlight,
        Draining = instance.IsDraining,
        PassedOver = (instance.Client as IReportsPassedOver)?.PassedOver,
    };
}

internal sealed record InstanceListModel(IReadOnlyList<ServiceInstance> Instances);

/// <summary>An instance to add.</summary>
internal sealed record NewInstanceModel
{
    [Description("An absolute http(s) or ws(s) URL.")]
    public required Uri BaseUrl { get; init; }
}

/// <summary>What draining is set to.</summary>
internal sealed record DrainModel
{
    [Description("Default true.")]
    public bool Draining { get; init; } = true;
}
