using System.Collections.Immutable;

using McpRegistry.Core.State;

namespace McpRegistry.Core.Registration;

/// <summary>How a change of the registry ended.</summary>
public enum RegistryResultKind
{
    /// <summary>Stored and in the snapshot.</summary>
    Done,

    /// <summary>There is no such service or instance.</summary>
    NotFound,

    /// <summary>The name is taken.</summary>
    NameTaken,

    /// <summary>The service belongs to a source (<see cref="ServiceRegistration.Origin"/>) and is changed there.</summary>
    OwnedBySource,

    /// <summary>The registration breaks rules; see <see cref="RegistryResult.Errors"/>.</summary>
    Invalid,

    /// <summary>What it asks for is not done here for what is registered over REST: <see cref="RegistryResult.Reason"/> says what and why.</summary>
    NotAllowed,

    /// <summary>There is no room for it beside the other registrations; see <see cref="RegistryResult.Errors"/>.</summary>
    NoRoom,

    /// <summary>The store is away; the change is not acknowledged. One that was on its way may still be made.</summary>
    StoreUnavailable,
}

/// <summary>How a change of the registry ended, with every rule it broke.</summary>
public sealed record RegistryResult(RegistryResultKind Kind, ServiceRegistration? Registration = null)
{
    /// <summary>What is wrong, by field in the wire's spelling (<c>base_url</c>, <c>config.replicas</c>); all errors at once.</summary>
    public ImmutableArray<RegistrationError> Errors { get; init; } = [];

    /// <summary>Why it is not allowed; for people. Null: it is.</summary>
    public string? Reason { get; init; }
}

/// <summary>One broken rule.</summary>
/// <param name="Field">The field, in the wire's spelling.</param>
/// <param name="Message">What is wrong and what would be right.</param>
public sealed record RegistrationError(string Field, string Message);

/// <summary>The registry: what services there are, and how they are changed. Reads come from <see cref="RegistryState"/>.</summary>
public interface IServiceRegistry
{
    /// <summary>Registers a service for REST; it is stored before this returns. Does not wait for the service to come up.</summary>
    Task<RegistryResult> RegisterAsync(ServiceRegistration registration, CancellationToken cancellationToken);

    /// <summary>Replaces a service's registration.</summary>
    Task<RegistryResult> ReplaceAsync(ServiceRegistration registration, CancellationToken cancellationToken);

    /// <summary>Removes a service.</summary>
    Task<RegistryResult> RemoveAsync(string name, CancellationToken cancellationToken);

    /// <summary>Makes the services of a source those of <paramref name="registrations"/>: adds, replaces and removes what differs. Services of other origins stay. A name that a less trusted origin has is taken from it, one that a more trusted origin has is kept hidden and reported.</summary>
    Task<ImmutableArray<RegistrationError>> ApplySourceAsync(RegistrationOrigin source, ImmutableArray<ServiceRegistration> registrations, CancellationToken cancellationToken);

    /// <summary>Adds an instance to an HTTP service.</summary>
    Task<RegistryResult> AddInstanceAsync(string service, Uri address, CancellationToken cancellationToken);

    /// <summary>Removes an instance from an HTTP service; calls in flight on it end by themselves.</summary>
    Task<RegistryResult> RemoveInstanceAsync(string service, string instanceId, CancellationToken cancellationToken);

    /// <summary>Starts or ends draining: a draining instance gets no new calls. Stored, so that it holds for every process and after a restart.</summary>
    Task<RegistryResult> SetDrainingAsync(string service, string instanceId, bool draining, CancellationToken cancellationToken);
}
