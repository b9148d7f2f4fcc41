using Microsoft.Extensions.Options;

namespace McpRegistry.Mcp;

/// <summary>Counts the open change streams of all clients.</summary>
internal sealed class StreamLimit(IOptions<McpOptions> options)
{
    private int _open;

    public bool TryEnter()
    {
        if (Interlocked.Increment(ref _open) <= options.Value.MaxStreams) return true;
        Interlocked.Decrement(ref _open);
        return false;
    }

    public void Exit() => Interlocked.Decrement(ref _open);
}
