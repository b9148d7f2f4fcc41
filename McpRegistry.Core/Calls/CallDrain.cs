namespace McpRegistry.Core.Calls;

/// <summary>The end of all calls of a gateway that stops: those in flight are given up with <see cref="ErrorCode.Draining"/>, and no new one is sent.</summary>
public sealed class CallDrain : IDisposable
{
    private readonly CancellationTokenSource _end = new();

    /// <summary>True once calls are given up.</summary>
    public bool IsOver => _end.IsCancellationRequested;

    /// <summary>Cancelled when calls are given up.</summary>
    internal CancellationToken Over => _end.Token;

    /// <summary>Gives the calls up. There is no way back.</summary>
    public void End() => _end.Cancel();

    /// <inheritdoc/>
    public void Dispose() => _end.Dispose();
}
