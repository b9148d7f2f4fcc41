using System.Threading.Channels;

using McpRegistry.Core.Json;

using Microsoft.Extensions.Logging;

namespace McpRegistry.Core.Upstream.Channels;

/// <summary>
/// Hands the progress of one request to its listener, in order and apart from the reading of the channel: a slow listener
/// delays its own request only. When it cannot keep up, the newest progress replaces the one before.
/// </summary>
internal sealed partial class ProgressRelay
{
    private const int Capacity = 16;

    private readonly Channel<(string Method, PooledBytes Message)> _waiting = Channel.CreateBounded<(string Method, PooledBytes Message)>(
        new BoundedChannelOptions(Capacity) { FullMode = BoundedChannelFullMode.DropNewest, SingleReader = true },
        static dropped => dropped.Message.Dispose());

    private readonly IRequestListener _listener;
    private readonly ILogger _logger;
    private readonly Task _delivery;
    private volatile bool _hasHeard;

    public ProgressRelay(IRequestListener listener, ILogger logger)
    {
        _listener = listener;
        _logger = logger;
        _delivery = DeliverAsync();
    }

    /// <summary>True when any progress came: the request is being executed.</summary>
    public bool HasHeard => _hasHeard;

    /// <summary>Takes ownership of the message.</summary>
    public void Post(string method, PooledBytes message)
    {
        _hasHeard = true;
        if (!_waiting.Writer.TryWrite((method, message))) message.Dispose();
    }

    /// <summary>Takes no more, and waits until the listener has heard everything or the caller no longer cares.</summary>
    public async Task FinishAsync(CancellationToken cancellationToken)
    {
        _waiting.Writer.TryComplete();
        try
        {
            await _delivery.WaitAsync(cancellationToken);
        }
        catch (OperationCanceledException)
        {
            // The answer is here; whoever gave up on its progress still gets it.
        }
    }

    private async Task DeliverAsync()
    {
        await foreach (var (method, message) in _waiting.Reader.ReadAllAsync())
        {
            try
            {
                await _listener.NotifiedAsync(method, message.Memory);
            }
            catch (Exception exception)
            {
                ListenerFailed(method, exception);
            }
            finally
            {
                message.Dispose();
            }
        }
    }
}
