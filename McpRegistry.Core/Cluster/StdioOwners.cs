using System.Collections.Concurrent;

using McpRegistry.Core.Registration;
using McpRegistry.Core.State;

namespace McpRegistry.Core.Cluster;

/// <summary>
/// Who runs the children of each pinned service, as this process knows it, and where its calls go by that: to the children, or
/// to the owner. While a service changes hands both ways are there, so that calls go the old one until the new one works.
/// </summary>
internal sealed class StdioOwners : IInstancePlacement
{
    private const string RelayPrefix = "owner-";

    private readonly ConcurrentDictionary<string, Place> _places = new(StringComparer.Ordinal);

    /// <summary>Raised with a service's name when its owner did not take a call: somebody else may own it by now. Handlers return at once.</summary>
    public event Action<string>? Doubted;

    /// <summary>True when one replica runs the service for all: its children may keep state, and two of them would not know each other's.</summary>
    public static bool IsPinned(ServiceRegistration registration) => registration is { Protocol: ServiceProtocol.Stdio, Config.Replicable: false };

    public IEnumerable<(string Id, Uri? Address)> InstancesOf(ServiceRegistration registration)
    {
        if (!IsPinned(registration)) return InstanceIds.Of(registration);
        var place = PlaceOf(registration.Name);
        return InstancesAt(place.Now, registration).Concat(InstancesAt(place.Before, registration));
    }

    /// <summary>The replica behind an instance that is a way to another one.</summary>
    public static string ReplicaOf(string instanceId) => instanceId[RelayPrefix.Length..];

    /// <summary>True while it is not known who runs the service, or that has just changed: a call may wait a little.</summary>
    public bool IsMoving(string service) => PlaceOf(service) is { IsSettled: false };

    /// <summary>The instances of the present owner: those that a move waits for.</summary>
    public bool IsOfPresentOwner(InstanceState instance) => PlaceOf(instance.ServiceName).Now is { } owner && owner.Address is null == instance.Address is null
        && (owner.IsSelf || instance.InstanceId == RelayId(owner));

    /// <summary>The service has another owner; null: nobody is known to run it.</summary>
    public void Move(string service, StdioOwner? owner) => _places.AddOrUpdate(
        service,
        static (_, now) => new Place(now, null, IsSettled: false),
        // The way through an owner that is not known cannot be kept; the one before it may still work.
        static (_, place, now) => new Place(now, place.Now is null || place.Now == now ? place.Before : place.Now, IsSettled: false),
        owner);

    /// <summary>The old way is not to be used any more, whether the new one works yet or not.</summary>
    public void Leave(string service) => _places.AddOrUpdate(service, static _ => default, static (_, place) => place with { Before = null });

    /// <summary>The move is over.</summary>
    public void Settle(string service) => _places.AddOrUpdate(
        service, static _ => default, static (_, place) => new Place(place.Now, null, IsSettled: place.Now is not null));

    /// <summary>The service is gone, or not pinned any more.</summary>
    public void Forget(string service) => _places.TryRemove(service, out _);

    /// <summary>Says that the owner did not take a call.</summary>
    public void Doubt(string service) => Doubted?.Invoke(service);

    private Place PlaceOf(string service) => _places.GetValueOrDefault(service);

    private static IEnumerable<(string Id, Uri? Address)> InstancesAt(StdioOwner? owner, ServiceRegistration registration) => owner switch
    {
        null => [],
        { Address: null } => InstanceIds.Of(registration),
        { Address: { } address } => [(RelayId(owner), new Uri(address, $"/mcp/{registration.Name}"))],
    };

    private static string RelayId(StdioOwner owner) => RelayPrefix + owner.Replica;

    private readonly record struct Place(StdioOwner? Now, StdioOwner? Before, bool IsSettled);
}
