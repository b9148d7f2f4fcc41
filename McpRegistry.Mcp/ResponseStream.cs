using System.Text.Json;

using McpRegistry.Core.Buffers;
using McpRegistry.Core.Json;
using McpRegistry.Core.Upstream;
using McpRegistry.Mcp.Clients;

namespace McpRegistry.Mcp;

/// <summary>
/// Hears the notifications of one call and passes them on. The first one turns the answer into a stream of events;
/// a call without any is answered with plain JSON. Hearing never waits for the client: the call ends when its service
/// has answered, whatever the client reads. For one that reads slowly the newest progress is kept, and log messages as
/// far as there is room.
/// </summary>
/// <param name="response">The response.</param>
/// <param name="progressToken">The client's progress token as it stands in the request. Empty: it wants no progress.</param>
/// <param name="logRank">The least talkative level it wants log messages from. Null: it wants none.</param>
/// <param name="options">How often things may be sent.</param>
/// <param name="time">The clock.</param>
/// <param name="clients">Writes. Null: with the usual limits.</param>
internal sealed class ResponseStream(
    HttpResponse response, ReadOnlyMemory<byte> progressToken, int? logRank, McpOptions options, TimeProvider time, ClientWriter? clients = null)
    : IRequestListener, IDisposable
{
    // The first messages of a call go at once, however close together; only a lasting flood is thinned.
    private const int Burst = 10;

    private readonly ClientWriter _clients = clients ?? ClientWriter.Alone(time);
    private readonly Lock _lock = new();
    private readonly Queue<PooledBytes> _waiting = new();
    private readonly long _started = time.GetTimestamp();
    private ByteAccount? _account;
    private TaskCompletionSource? _writing;
    private ITimer? _timer;
    private PooledBytes? _held;
    private TimeSpan _progressPaidUntil;
    private double _lastProgress = double.NegativeInfinity;
    private bool _hasBegun;
    private bool _isOpen;
    private bool _isStopped;
    private bool _isCut;
    private bool _wantsSignOfLife;

    /// <inheritdoc/>
    public ValueTask NotifiedAsync(string method, ReadOnlyMemory<byte> message)
    {
        // What could never be sent is not even copied.
        if (message.Length > _clients.MaxWaitingBytes) return ValueTask.CompletedTask;
        try
        {
            if (method == "notifications/progress" && !progressToken.IsEmpty) PassProgress(message);
            else if (method == "notifications/message" && logRank is { } wanted && LogMessage.RankOf(message) >= wanted) PassLog(message);
        }
        catch (JsonException)
        {
            // A notification that is no JSON must not harm the call.
        }
        return ValueTask.CompletedTask;
    }

    /// <summary>No notification gets through any more; those that did are sent, as far as the client reads.</summary>
    /// <returns>False: none ever did, and the response is still unwritten.</returns>
    public async Task<bool> StopAsync()
    {
        Task? writing;
        bool begins;
        lock (_lock)
        {
            _isStopped = true;
            if (_hasBegun) TryEnqueueHeld();
            begins = TryBegin();
            writing = _writing?.Task;
        }

        if (begins) await WriteAllAsync();
        else if (writing is not null) await writing;
        return _hasBegun;
    }

    public void Dispose()
    {
        lock (_lock)
        {
            _isStopped = _isCut = true;
            _timer?.Dispose();
            _held?.Dispose();
            _held = null;
            if (_writing is null) Clear();
        }
    }

    private void PassProgress(ReadOnlyMemory<byte> message)
    {
        var parameters = JsonRpcMessage.Read(message, JsonRpcMessage.MaxUpstreamDepth).Params;
        if (ProgressMessage.ValueOf(parameters) is not { } value) return;
        bool begins;
        lock (_lock)
        {
            // A second attempt starts from the beginning, the client must not see it go back.
            if (_isStopped || _isCut || value <= _lastProgress) return;
            _lastProgress = value;
            _held?.Dispose();
            _held = ProgressMessage.WithToken(parameters, progressToken.Span);
            var wait = _progressPaidUntil - (Burst - 1) * options.ProgressInterval - time.GetElapsedTime(_started);
            if (wait <= TimeSpan.Zero) TryEnqueueHeld();
            else _timer?.Change(wait, options.KeepAlive);
            begins = TryBegin();
        }

        if (begins) _ = WriteAllAsync();
    }

    private void PassLog(ReadOnlyMemory<byte> message)
    {
        bool begins;
        lock (_lock)
        {
            if (_isStopped || _isCut || !Account.TryAdd(message.Length)) return;
            var copy = new PooledBytes(message.Length);
            copy.Write(message.Span);
            _waiting.Enqueue(copy);
            begins = TryBegin();
        }

        if (begins) _ = WriteAllAsync();
    }

    private ByteAccount Account => _account ??= new ByteAccount(_clients.Budget, _clients.MaxWaitingBytes);

    // What finds no room stays held, and newer progress takes its place.
    private void TryEnqueueHeld()
    {
        if (_held is not { } held || !Account.TryAdd(held.Length)) return;
        _held = null;
        var now = time.GetElapsedTime(_started);
        _progressPaidUntil = (_progressPaidUntil > now ? _progressPaidUntil : now) + options.ProgressInterval;
        _waiting.Enqueue(held);
    }

    // True: the caller is to write, outside of the lock.
    private bool TryBegin()
    {
        if (_writing is not null || _isCut || (_waiting.Count == 0 && !_wantsSignOfLife)) return false;
        _writing = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        return _hasBegun = true;
    }

    private async Task WriteAllAsync()
    {
        try
        {
            if (!_isOpen)
            {
                _isOpen = true;
                await SseWriter.StartAsync(response);
                lock (_lock)
                    if (!_isStopped) _timer = time.CreateTimer(state => ((ResponseStream)state!).Tick(), this, options.KeepAlive, options.KeepAlive);
            }

            while (TryTake(out var next))
            {
                var isSent = await WriteAsync(next);
                lock (_lock)
                {
                    if (next is not null) Account.Remove(next.Length);
                    next?.Dispose();
                    _isCut |= !isSent;
                }
            }
        }
        catch (Exception gone) when (gone is IOException or OperationCanceledException or ObjectDisposedException)
        {
            // The client hung up; the call itself decides what that means.
            lock (_lock) End(isCut: true);
        }
    }

    // False: there is nothing more, and whoever waits for that is told.
    private bool TryTake(out PooledBytes? next)
    {
        lock (_lock)
        {
            if (!_isCut && _waiting.TryDequeue(out next)) return true;
            next = null;
            if (!_isCut && !_isStopped && _wantsSignOfLife)
            {
                _wantsSignOfLife = false;
                return true;
            }

            End(_isCut);
            return false;
        }
    }

    private ValueTask<bool> WriteAsync(PooledBytes? message)
    {
        if (message is null) SseWriter.WriteKeepAlive(response.BodyWriter);
        else SseWriter.WriteMessage(response.BodyWriter, message.Span);
        return _clients.FlushAsync(response, message?.Length ?? 0);
    }

    private void End(bool isCut)
    {
        _isCut = isCut;
        if (isCut || _isStopped) Clear();
        _writing?.TrySetResult();
        _writing = null;
    }

    private void Clear()
    {
        while (_waiting.TryDequeue(out var one)) one.Dispose();
        _account?.Clear();
    }

    private void Tick()
    {
        bool begins;
        lock (_lock)
        {
            if (_isStopped) return;
            if (_held is not null) TryEnqueueHeld();
            else _wantsSignOfLife = true;
            begins = TryBegin();
        }

        if (begins) _ = WriteAllAsync();
    }
}
