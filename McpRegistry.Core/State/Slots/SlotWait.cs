using McpRegistry.Core.Clients;

namespace McpRegistry.Core.State.Slots;

/// <summary>One call that waits for a slot.</summary>
internal sealed class SlotWait(ClientKey client)
{
    private readonly TaskCompletionSource<bool?> _granted = new(TaskCreationOptions.RunContinuationsAsynchronously);

    public ClientKey Client => client;

    /// <summary>Whether no other call is in flight, when it got its slot. Null: it was let go.</summary>
    public Task<bool?> Granted => _granted.Task;

    public void Grant(bool isFirst) => _granted.TrySetResult(isFirst);

    public void LetGo() => _granted.TrySetResult(null);
}
