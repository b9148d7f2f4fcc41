using System.Collections.Immutable;

using McpRegistry.Core.Registration;

namespace McpRegistry.Tests.Api.Harness;

/// <summary>Answers changes as a test says, and remembers what was asked of it.</summary>
internal sealed class FakeServiceRegistry : IServiceRegistry
{
    /// <summary>How the next changes end.</summary>
    public RegistryResult Result { get; set; } = new(RegistryResultKind.Done);

    /// <summary>What a change does besides.</summary>
    public Action OnChange { get; set; } = () => { };

    /// <summary>What is wrong with the file, by the registry's word.</summary>
    public ImmutableArray<RegistrationError> FileErrors { get; set; } = [];

    public ServiceRegistration? Registered { get; private set; }

    public List<string> Asked { get; } = [];

    public Task<RegistryResult> RegisterAsync(ServiceRegistration registration, CancellationToken cancellationToken) => Change("register", registration);

    public Task<RegistryResult> ReplaceAsync(ServiceRegistration registration, CancellationToken cancellationToken) => Change("replace", registration);

    public Task<RegistryResult> RemoveAsync(string name, CancellationToken cancellationToken) => Change($"remove {name}");

    public Task<ImmutableArray<RegistrationError>> ApplySourceAsync(RegistrationOrigin source, ImmutableArray<ServiceRegistration> registrations, CancellationToken cancellationToken) =>
        Task.FromResult(source == RegistrationOrigin.File ? FileErrors : []);

    public Task<RegistryResult> AddInstanceAsync(string service, Uri address, CancellationToken cancellationToken) => Change($"add {service} {address}");

    public Task<RegistryResult> RemoveInstanceAsync(string service, string instanceId, CancellationToken cancellationToken) => Change($"remove {service} {instanceId}");

    public Task<RegistryResult> SetDrainingAsync(string service, string instanceId, bool draining, CancellationToken cancellationToken) =>
        Change($"drain {service} {instanceId} {draining}");

    private Task<RegistryResult> Change(string what, ServiceRegistration? registration = null)
    {
        Asked.Add(what);
        Registered = registration;
        OnChange();
        return Task.FromResult(Result);
    }
}
