using System.Threading.Channels;

using McpRegistry.Core.Buffers;
using McpRegistry.Core.State;
using McpRegistry.Mcp.Clients;

namespace McpRegistry.Mcp;

/// <summary>
/// A long response of server-sent events. Changes of lists are remembered, not queued; messages wait in a queue that is bounded in
/// bytes, and a client that reads slowly loses the oldest ones. One that does not read at all is cut.
/// </summary>
/// <param name="options">How often it gives a sign of life.</param>
/// <param name="time">The clock.</param>
/// <param name="clients">Writes.</param>
/// <param name="messagesOf">How changes of lists are told.</param>
internal sealed class EventStream(McpOptions options, TimeProvider time, ClientWriter clients, Func<CatalogLists, IEnumerable<ReadOnlyMemory<byte>>> messagesOf)
{
    private readonly Lock _lock = new();
    private readonly Queue<ReadOnlyMemory<byte>> _waiting = new();
    private readonly ByteAccount _account = new(clients.Budget, clients.MaxWaitingBytes);
    private readonly Channel<bool> _news = Channel.CreateBounded<bool>(new BoundedChannelOptions(1) { FullMode = BoundedChannelFullMode.DropWrite, SingleReader = true });
    private CatalogLists _changed;
    private bool _wantsSignOfLife;
    private bool _isOver;

    /// <summary>Sends a message, if there is room for it; it must not change afterwards.</summary>
    public void Post(ReadOnlyMemory<byte> json)
    {
        lock (_lock)
        {
            if (_isOver) return;
            while (!_account.TryAdd(json.Length))
            {
                if (!_waiting.TryDequeue(out var oldest)) return;
                _account.Remove(oldest.Length);
            }

            _waiting.Enqueue(json);
        }

        _news.Writer.TryWrite(true);
    }

    /// <summary>Tells that lists changed.</summary>
    public void Tell(CatalogLists lists)
    {
        if (lists == CatalogLists.None) return;
        lock (_lock) _changed |= lists;
        _news.Writer.TryWrite(true);
    }

    /// <summary>Ends the stream after what waits.</summary>
    public void End() => _news.Writer.TryComplete();

    /// <summary>Writes what there is until <see cref="End"/>, or until the client hangs up or is cut.</summary>
    /// <returns>False: the client is gone.</returns>
    public async Task<bool> RunAsync(HttpContext http)
    {
        var response = http.Response;
        await SseWriter.StartAsync(response);
        await using var keepAlive = time.CreateTimer(state => ((EventStream)state!).GiveSignOfLife(), this, options.KeepAlive, options.KeepAlive);
        try
        {
            if (!await clients.FlushAsync(response, 0)) return false;
            while (await _news.Reader.WaitToReadAsync(http.RequestAborted))
            {
                _news.Reader.TryRead(out _);
                if (!await WriteAllAsync(response)) return false;
            }

            return await WriteAllAsync(response);
        }
        catch (OperationCanceledException) { return false; }
        finally
        {
            End();
            lock (_lock)
            {
                _isOver = true;
                _waiting.Clear();
                _account.Clear();
            }
        }
    }

    private void GiveSignOfLife()
    {
        lock (_lock) _wantsSignOfLife = true;
        _news.Writer.TryWrite(true);
    }

    private async ValueTask<bool> WriteAllAsync(HttpResponse response)
    {
        while (TryTake(out var json, out var changed))
        {
            if (!json.IsEmpty) SseWriter.WriteMessage(response.BodyWriter, json.Span);
            else if (changed == CatalogLists.None) SseWriter.WriteKeepAlive(response.BodyWriter);
            else foreach (var message in messagesOf(changed)) SseWriter.WriteMessage(response.BodyWriter, message.Span);
            var isSent = await clients.FlushAsync(response, json.Length);
            lock (_lock) _account.Remove(json.Length);
            if (!isSent) return false;
        }

        return true;
    }

    // Neither a message nor a change: a sign of life.
    private bool TryTake(out ReadOnlyMemory<byte> json, out CatalogLists changed)
    {
        lock (_lock)
        {
            changed = CatalogLists.None;
            var isSomething = _waiting.TryDequeue(out json) || _changed != CatalogLists.None || _wantsSignOfLife;
            if (!json.IsEmpty) return true;
            (changed, _changed) = (_changed, CatalogLists.None);
            _wantsSignOfLife = false;
            return isSomething;
        }
    }
}
