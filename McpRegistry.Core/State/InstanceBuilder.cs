using System.Collections.Immutable;

using McpRegistry.Core.Catalog;
using McpRegistry.Core.Health;
using McpRegistry.Core.Registration;
using McpRegistry.Core.Upstream;

using Microsoft.Extensions.Options;

namespace McpRegistry.Core.State;

/// <summary>Makes the live instances of a registration, keeping those of an earlier one that would be the same.</summary>
internal sealed class InstanceBuilder(
    IInstanceClientFactory clients,
    RegistryState state,
    ICatalogRefresher catalogs,
    UpstreamNotificationFeed notifications,
    IOptions<UpstreamOptions> options,
    TimeProvider time,
    Random random,
    IInstancePlacement? placement = null,
    GatewayIdentity? self = null)
{
    /// <summary>The instances for <paramref name="registration"/>, and those of <paramref name="before"/> that are not among them.</summary>
    public (ImmutableArray<InstanceState> Instances, ImmutableArray<InstanceState> Retired) Build(ServiceRegistration registration, ServiceSnapshot? before)
    {
        var reusable = before is not null && SameWire(before.Registration, registration)
            ? before.Instances.ToDictionary(one => one.InstanceId, StringComparer.Ordinal)
            : [];
        var wantedHere = registration.Hold is { IsStarted: false } ? [] : placement?.InstancesOf(registration) ?? InstanceIds.Of(registration);
        var instances = wantedHere
            .Select(wanted => reusable.Remove(wanted.Id, out var kept) && kept.Address == wanted.Address ? kept : Create(registration, wanted.Id, wanted.Address))
            .OrderBy(one => one.InstanceId, StringComparer.Ordinal)
            .ToImmutableArray();
        var retired = before is null ? [] : before.Instances.Where(one => !instances.Contains(one)).ToImmutableArray();
        return (instances, retired);
    }

    private InstanceState Create(ServiceRegistration registration, string id, Uri? address)
    {
        var limits = options.Value;
        var health = new InstanceHealth(registration.Config.Health, time, random);
        var load = new InstanceLoad(address is null ? limits.MaxInFlightStdio : limits.MaxInFlightHttp, limits.MaxQueued);
        var audience = new InstanceAudience(isOfProgram: address is null);
        var observer = new InstanceObserver(registration.Name, health, state, catalogs, notifications, self, audience);
        var instance = new InstanceState(registration.Name, id, address, clients.Create(registration, id, address, observer), health, load) { Audience = audience };
        health.Changed += change =>
        {
            // Held down is what the change is called that came once too often: the instance may have died or hung by it.
            if (change is HealthChange.Unhealthy or HealthChange.Ejected or HealthChange.HeldDown) instance.AbandonSafeCalls();
        };
        return instance;
    }

    // Whatever decides how an instance is started or spoken to; the rest of a registration may change under a running one.
    private static bool SameWire(ServiceRegistration one, ServiceRegistration other) =>
        RegistrationJson.SameAs(WireOnly(one), WireOnly(other));

    private static ServiceRegistration WireOnly(ServiceRegistration registration) => registration with
    {
        Tags = [],
        Location = null,
        BaseUrl = null,
        InstanceNames = [],
        // What waits for approval changes nothing of what runs.
        Hold = registration.Hold is { IsStarted: false } whole ? whole : null,
        Config = registration.Config with { Instances = [], Replicas = 1, Replicable = false, LoadBalancing = LoadBalancingPolicyNames.PowerOfTwoChoices, Trusted = false, ShowInstructions = false },
    };
}
