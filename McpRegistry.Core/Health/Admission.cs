namespace McpRegistry.Core.Health;

/// <summary>Leave to send one call to an instance. Dispose it when the call has ended: a trial of which nothing was told by then is given back, so that the next call is the trial.</summary>
public readonly struct Admission : IDisposable
{
    private readonly InstanceHealth? _health;
    private readonly long _trial;

    internal Admission(InstanceHealth health, long trial) => (_health, _trial) = (health, trial);

    /// <inheritdoc/>
    public void Dispose() => _health?.GiveBack(_trial);
}
