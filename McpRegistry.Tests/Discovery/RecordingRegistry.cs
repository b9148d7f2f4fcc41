using System.Collections.Immutable;

using McpRegistry.Core.Registration;

namespace McpRegistry.Tests.Discovery;

/// <summary>A registry that remembers what the file source applied.</summary>
internal sealed class RecordingRegistry : IServiceRegistry
{
    private readonly Lock _lock = new();
    private TaskCompletionSource _applied = new(TaskCreationOptions.RunContinuationsAsynchronously);

    public ImmutableArray<ServiceRegistration> Current { get; private set; } = [];

    public int Applications { get; private set; }

    public Func<Exception?> Failure { get; set; } = () => null;

    public ImmutableArray<RegistrationError> Refuses { get; set; } = [];

    public string Names => string.Join(" ", Current.Select(one => one.Name).Order(StringComparer.Ordinal));

    public Task<ImmutableArray<RegistrationError>> ApplySourceAsync(RegistrationOrigin source, ImmutableArray<ServiceRegistration> registrations, CancellationToken cancellationToken)
    {
        lock (_lock)
        {
            if (Failure() is { } failure) return Task.FromException<ImmutableArray<RegistrationError>>(failure);
            Current = registrations;
            Applications++;
            _applied.SetResult();
            _applied = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
            return Task.FromResult(Refuses);
        }
    }

    /// <summary>Waits until what was applied fulfils a condition.</summary>
    public async Task WaitUntilAsync(Func<RecordingRegistry, bool> condition)
    {
        using var patience = new CancellationTokenSource(TimeSpan.FromSeconds(15));
        while (true)
        {
            Task next;
            lock (_lock)
            {
                if (condition(this)) return;
                next = _applied.Task;
            }
            await next.WaitAsync(patience.Token);
        }
    }

    public Task<RegistryResult> RegisterAsync(ServiceRegistration registration, CancellationToken cancellationToken) => throw new NotSupportedException();

    public Task<RegistryResult> ReplaceAsync(ServiceRegistration registration, CancellationToken cancellationToken) => throw new NotSupportedException();

    public Task<RegistryResult> RemoveAsync(string name, CancellationToken cancellationToken) => throw new NotSupportedException();

    public Task<RegistryResult> AddInstanceAsync(string service, Uri address, CancellationToken cancellationToken) => throw new NotSupportedException();

    public Task<RegistryResult> RemoveInstanceAsync(string service, string instanceId, CancellationToken cancellationToken) => throw new NotSupportedException();

    public Task<RegistryResult> SetDrainingAsync(string service, string instanceId, bool draining, CancellationToken cancellationToken) => throw new NotSupportedException();
}
