using System.Threading.Channels;

using McpRegistry.Core.Cluster;

namespace McpRegistry.Tests.Storage;

/// <summary>The changes that a shared store told of.</summary>
internal sealed class Changes
{
    private readonly Channel<SharedChange> _heard = Channel.CreateUnbounded<SharedChange>();

    public Changes(ISharedRegistry store) => store.Changed += change => _heard.Writer.TryWrite(change);

    /// <summary>The next change of a service, or of everything; earlier ones are passed over.</summary>
    public async Task<SharedChange> OfAsync(string? service)
    {
        using var patience = new CancellationTokenSource(TimeSpan.FromSeconds(10));
        await foreach (var change in _heard.Reader.ReadAllAsync(patience.Token))
        {
            if (change.Service == service) return change;
        }
        throw new InvalidOperationException("The store never ends.");
    }
}
