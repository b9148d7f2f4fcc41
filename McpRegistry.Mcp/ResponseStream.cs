using System.Text.Json;

using McpRegistry.Core.Json;
using McpRegistry.Core.Upstream;

namespace McpRegistry.Mcp;

/// <summary>
/// Hears the notifications of one call and passes them on. The first one turns the answer into a stream of events;
/// a call without any is answered with plain JSON.
/// </summary>
/// <param name="response">The response.</param>
/// <param name="progressToken">The client's progress token as it stands in the request. Empty: it wants no progress.</param>
/// <param name="logRank">The least talkative level it wants log messages from. Null: it wants none.</param>
/// <param name="options">How often things may be sent.</param>
/// <param name="time">The clock.</param>
internal sealed class ResponseStream(HttpResponse response, ReadOnlyMemory<byte> progressToken, int? logRank, McpOptions options, TimeProvider time)
    : IRequestListener, IDisposable
{
    // The first messages of a call go at once, however close together; only a lasting flood is thinned.
    private const int Burst = 10;

    private readonly SemaphoreSlim _writing = new(1, 1);
    private readonly long _started = time.GetTimestamp();
    private ITimer? _timer;
    private PooledBytes? _held;
    private TimeSpan _progressPaidUntil;
    private double _lastProgress = double.NegativeInfinity;
    private bool _isStopped;

    /// <inheritdoc/>
    public async ValueTask NotifiedAsync(string method, ReadOnlyMemory<byte> message)
    {
        try
        {
            if (method == "notifications/progress" && !progressToken.IsEmpty) await PassProgressAsync(message);
            else if (method == "notifications/message" && logRank is { } wanted && LogMessage.RankOf(message) >= wanted) await WriteAsync(message);
        }
        catch (Exception lost) when (lost is JsonException or IOException or OperationCanceledException or ObjectDisposedException)
        {
            // A notification that is no JSON, or a client that hung up, must not harm the call.
        }
    }

    /// <summary>No notification gets through any more.</summary>
    /// <returns>False: none ever did, and the response is still unwritten.</returns>
    public async Task<bool> StopAsync()
    {
        await _writing.WaitAsync();
        try
        {
            _isStopped = true;
            if (_held is not null) await WriteHeldAsync();
            return _timer is not null;
        }
        finally { _writing.Release(); }
    }

    /// <summary>Writes the answer after <see cref="StopAsync"/>; the end of the request sends it.</summary>
    public Task WriteLastAsync(ReadOnlyMemory<byte> json)
    {
        SseWriter.WriteMessage(response.BodyWriter, json.Span);
        return response.BodyWriter.FlushAsync().AsTask();
    }

    public void Dispose()
    {
        _timer?.Dispose();
        _held?.Dispose();
    }

    private async ValueTask PassProgressAsync(ReadOnlyMemory<byte> message)
    {
        var parameters = JsonRpcMessage.Read(message, JsonRpcMessage.MaxUpstreamDepth).Params;
        if (ProgressMessage.ValueOf(parameters) is not { } value) return;
        await _writing.WaitAsync();
        try
        {
            // A second attempt starts from the beginning, the client must not see it go back.
            if (_isStopped || value <= _lastProgress) return;
            _lastProgress = value;
            var rewritten = ProgressMessage.WithToken(parameters, progressToken.Span);
            _held?.Dispose();
            _held = rewritten;
            var wait = _progressPaidUntil - (Burst - 1) * options.ProgressInterval - time.GetElapsedTime(_started);
            if (wait <= TimeSpan.Zero) await WriteHeldAsync();
            else _timer!.Change(wait, options.KeepAlive);
        }
        finally { _writing.Release(); }
    }

    private async ValueTask WriteAsync(ReadOnlyMemory<byte> json)
    {
        await _writing.WaitAsync();
        try
        {
            if (!_isStopped) await WriteEventAsync(json);
        }
        finally { _writing.Release(); }
    }

    private async Task WriteHeldAsync()
    {
        using var held = _held!;
        _held = null;
        var now = time.GetElapsedTime(_started);
        _progressPaidUntil = (_progressPaidUntil > now ? _progressPaidUntil : now) + options.ProgressInterval;
        await WriteEventAsync(held.Memory);
    }

    private async Task WriteEventAsync(ReadOnlyMemory<byte> json)
    {
        if (_timer is null)
        {
            await SseWriter.StartAsync(response);
            _timer = time.CreateTimer(state => _ = ((ResponseStream)state!).TickAsync(), this, options.KeepAlive, options.KeepAlive);
        }

        SseWriter.WriteMessage(response.BodyWriter, json.Span);
        await response.BodyWriter.FlushAsync();
    }

    private async Task TickAsync()
    {
        await _writing.WaitAsync();
        try
        {
            if (_isStopped) return;
            if (_held is not null)
            {
                await WriteHeldAsync();
                return;
            }

            SseWriter.WriteKeepAlive(response.BodyWriter);
            await response.BodyWriter.FlushAsync();
        }
        catch (Exception gone) when (gone is IOException or OperationCanceledException or ObjectDisposedException)
        {
            // The client hung up; the call itself decides what that means.
        }
        finally { _writing.Release(); }
    }
}
