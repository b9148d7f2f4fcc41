using System.Buffers;

using McpRegistry.Core.Health;
using McpRegistry.Core.Registration;
using McpRegistry.Core.State;

namespace McpRegistry.Core.Calls;

/// <summary>Chooses the instance for an attempt: the bound one, else what the policy picks of the available ones, else the least bad.</summary>
internal static class InstancePicker
{
    /// <summary>Picks an instance that was not tried yet, or null.</summary>
    /// <param name="call">The call.</param>
    /// <param name="service">Its service, as it is now.</param>
    /// <param name="tried">Where it was sent already.</param>
    /// <param name="admission">To be disposed when the attempt has ended.</param>
    public static InstanceState? Pick(UpstreamCall call, ServiceSnapshot service, in TriedInstances tried, out Admission admission)
    {
        if (call.Affinity?.Find(service.Name) is { } bound)
            foreach (var instance in service.Instances)
                if (instance.InstanceId == bound && Admits(call, instance, in tried, out admission)) return instance;

        if (service.Instances.Length == 1)
        {
            var only = service.Instances[0];
            if (Admits(call, only, in tried, out admission)) return only;
        }
        else if (PickAvailable(call, service, in tried, out admission) is { } picked) return picked;

        admission = default;
        return LeastBad(call, service, in tried);
    }

    /// <summary>
    /// The only instance of a service, when nothing else is to be had: even one without a connection, or one that hangs. Whoever asks
    /// it directly would wait for it or be refused by it as well; an error without a try would be no better for anybody.
    /// </summary>
    public static InstanceState? LoneInstance(UpstreamCall call, ServiceSnapshot service, in TriedInstances tried)
    {
        if (service.Instances is not [var only] || !call.MayUse(only) || tried.Contains(only) || only.IsDraining) return null;
        // Where another replica runs the children, IOwnerWait is the one who waits.
        var isOfReplica = service.Registration.Protocol == ServiceProtocol.Stdio && only.Address is not null;
        return isOfReplica && only.Client.Connection is null ? null : only;
    }

    private static bool Admits(UpstreamCall call, InstanceState instance, in TriedInstances tried, out Admission admission)
    {
        admission = default;
        return call.MayUse(instance) && !tried.Contains(instance) && instance.IsAvailable && instance.Health.TryAdmit(out admission);
    }

    private static InstanceState? PickAvailable(UpstreamCall call, ServiceSnapshot service, in TriedInstances tried, out Admission admission)
    {
        admission = default;
        var candidates = ArrayPool<InstanceState>.Shared.Rent(service.Instances.Length);
        try
        {
            var count = 0;
            foreach (var instance in service.Instances)
                if (call.MayUse(instance) && !tried.Contains(instance) && instance.IsAvailable) candidates[count++] = instance;
            while (count > 0)
            {
                var picked = service.Policy.Pick(candidates.AsSpan(0, count));
                if (picked.Health.TryAdmit(out admission)) return picked;
                // Half-open, and another call is its trial just now: choose among the others.
                var at = Array.IndexOf(candidates, picked, 0, count);
                candidates[at] = candidates[--count];
            }
            return null;
        }
        finally { ArrayPool<InstanceState>.Shared.Return(candidates, clearArray: true); }
    }

    // All look bad. Being refused costs nothing and the verdict may be stale, so the one that failed longest ago is tried;
    // one that hangs is not: it would cost the caller the whole deadline. One without a connection comes last, and only where
    // a call can bring it about: a child that is being started, or waits for its restart.
    private static InstanceState? LeastBad(UpstreamCall call, ServiceSnapshot service, in TriedInstances tried)
    {
        InstanceState? best = null;
        foreach (var instance in service.Instances)
        {
            if (!call.MayUse(instance) || tried.Contains(instance) || instance.IsDraining || instance.Health.IsHanging) continue;
            if (instance.Client.Connection is null && !instance.Client.ConnectsForCalls) continue;
            if (best is null || Rank(instance).CompareTo(Rank(best)) < 0) best = instance;
        }
        return best;
    }

    private static (bool IsAway, DateTimeOffset Since) Rank(InstanceState instance) => (instance.Client.Connection is null, Since(instance.Health.Status));

    private static DateTimeOffset Since(HealthStatus status) => status.EjectedUntil ?? status.LastCheck ?? DateTimeOffset.MinValue;
}
