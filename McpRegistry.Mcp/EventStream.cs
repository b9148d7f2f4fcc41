using System.Threading.Channels;

namespace McpRegistry.Mcp;

/// <summary>A long response of server-sent events that others post messages to. A client that does not read loses the oldest ones.</summary>
internal sealed class EventStream(McpOptions options, TimeProvider time)
{
    private const int MaxWaiting = 256;

    private readonly Channel<ReadOnlyMemory<byte>> _messages = Channel.CreateBounded<ReadOnlyMemory<byte>>(
        new BoundedChannelOptions(MaxWaiting) { FullMode = BoundedChannelFullMode.DropOldest, SingleReader = true });

    /// <summary>Sends a message; it must not change afterwards. False: the stream has ended.</summary>
    public bool TryPost(ReadOnlyMemory<byte> json) => _messages.Writer.TryWrite(json);

    /// <summary>Ends the stream after what was posted.</summary>
    public void End() => _messages.Writer.TryComplete();

    /// <summary>Writes what is posted until <see cref="End"/>, or until the client hangs up.</summary>
    /// <returns>False: the client hung up.</returns>
    public async Task<bool> RunAsync(HttpContext http)
    {
        var response = http.Response;
        await SseWriter.StartAsync(response);
        await response.BodyWriter.FlushAsync();
        // An empty message stands for the sign of life.
        await using var keepAlive = time.CreateTimer(state => ((EventStream)state!).TryPost(default), this, options.KeepAlive, options.KeepAlive);
        try
        {
            await foreach (var json in _messages.Reader.ReadAllAsync(http.RequestAborted))
            {
                if (json.IsEmpty) SseWriter.WriteKeepAlive(response.BodyWriter);
                else SseWriter.WriteMessage(response.BodyWriter, json.Span);
                await response.BodyWriter.FlushAsync(http.RequestAborted);
            }
            return true;
        }
        catch (OperationCanceledException) { return false; }
        finally { End(); }
    }
}
