using McpRegistry.Core.Catalog;
using McpRegistry.Core.State;
using McpRegistry.Core.Upstream.Stdio;

using Microsoft.Extensions.Options;

namespace McpRegistry.StdioBridge;

/// <summary>Whether the server is there to be asked.</summary>
internal sealed class BridgedChild(RegistryState state, IOptions<StdioOptions> options, TimeProvider time)
{
    /// <summary>True while a child is connected and its lists have been read once: before, they would look empty.</summary>
    public bool IsUp => state.Current.Services.Values.Any(service =>
        !service.Catalog.Unread.Contains(CatalogKind.Tool) && service.Instances.Any(instance => instance.Client.Connection is not null));

    /// <summary>Waits for a child that is just being started or restarted; false when that takes longer than a call should wait.</summary>
    public async Task<bool> IsUpSoonAsync(CancellationToken cancellationToken)
    {
        if (IsUp) return true;
        var up = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        using var subscription = state.Subscribe(_ =>
        {
            if (IsUp) up.TrySetResult();
        });
        // Between the first look and the subscription it may have come.
        if (IsUp) return true;
        foreach (var instance in state.Current.Services.Values.SelectMany(service => service.Instances)) instance.Client.Hurry();
        try { await up.Task.WaitAsync(options.Value.RestartWait, time, cancellationToken); }
        catch (TimeoutException) { return IsUp; }
        return true;
    }
}
