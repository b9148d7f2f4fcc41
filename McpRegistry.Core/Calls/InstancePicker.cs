using System.Buffers;

using McpRegistry.Core.Health;
using McpRegistry.Core.State;

namespace McpRegistry.Core.Calls;

/// <summary>Chooses the instance for an attempt: the bound one, else what the policy picks of the available ones, else the least bad.</summary>
internal static class InstancePicker
{
    /// <summary>Picks an instance that was not tried yet, or null.</summary>
    /// <param name="call">The call.</param>
    /// <param name="service">Its service, as it is now.</param>
    /// <param name="tried">Where it was sent already.</param>
    public static InstanceState? Pick(UpstreamCall call, ServiceSnapshot service, ref TriedInstances tried)
    {
        if (call.Affinity?.Find(service.Name) is { } bound)
            foreach (var instance in service.Instances)
                if (instance.InstanceId == bound && Admits(call, instance, in tried)) return instance;

        if (service.Instances.Length == 1)
        {
            var only = service.Instances[0];
            if (Admits(call, only, in tried)) return only;
        }
        else if (PickAvailable(call, service, in tried) is { } picked) return picked;

        return LeastBad(call, service, in tried);
    }

    private static bool Admits(UpstreamCall call, InstanceState instance, in TriedInstances tried) =>
        call.MayUse(instance) && !tried.Contains(instance) && instance.IsAvailable && instance.Health.TryAdmit();

    private static InstanceState? PickAvailable(UpstreamCall call, ServiceSnapshot service, in TriedInstances tried)
    {
        var candidates = ArrayPool<InstanceState>.Shared.Rent(service.Instances.Length);
        try
        {
            var count = 0;
            foreach (var instance in service.Instances)
                if (call.MayUse(instance) && !tried.Contains(instance) && instance.IsAvailable) candidates[count++] = instance;
            while (count > 0)
            {
                var picked = service.Policy.Pick(candidates.AsSpan(0, count));
                if (picked.Health.TryAdmit()) return picked;
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
