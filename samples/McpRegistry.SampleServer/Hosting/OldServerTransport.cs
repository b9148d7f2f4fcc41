using System.Threading.Channels;
using ModelContextProtocol;
using ModelContextProtocol.Protocol;

namespace McpRegistry.SampleServer.Hosting;

/// <summary>
/// Hides what a server of 2025 does not know from the SDK, which would answer it the modern way: server/discover is
/// an unknown method, or met with silence; any other modern request comes before its time.
/// </summary>
internal sealed class OldServerTransport : ITransport
{
    private readonly ITransport _inner;
    private readonly SampleOptions _options;
    private readonly Channel<JsonRpcMessage> _understood = Channel.CreateUnbounded<JsonRpcMessage>();
    private readonly CancellationTokenSource _closing = new();
    private readonly Task _sorting;

    public OldServerTransport(ITransport inner, SampleOptions options)
    {
        _inner = inner;
        _options = options;
        _sorting = SortAsync(_closing.Token);
    }

    public string? SessionId => _inner.SessionId;

    public ChannelReader<JsonRpcMessage> MessageReader => _understood.Reader;

    public Task SendMessageAsync(JsonRpcMessage message, CancellationToken cancellationToken = default) =>
        _inner.SendMessageAsync(message, cancellationToken);

    public async ValueTask DisposeAsync()
    {
        await _closing.CancelAsync();
        await _sorting.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        await _inner.DisposeAsync();
        _closing.Dispose();
    }

    private async Task SortAsync(CancellationToken cancellationToken)
    {
        try
        {
            await foreach (var message in _inner.MessageReader.ReadAllAsync(cancellationToken))
                await TakeAsync(message, cancellationToken);
        }
        finally
        {
            _understood.Writer.TryComplete();
        }
    }

    private async Task TakeAsync(JsonRpcMessage message, CancellationToken cancellationToken)
    {
        if (message is JsonRpcRequest { Method: RequestMethods.ServerDiscover } discover)
        {
            if (!_options.SilentDiscover)
                await RefuseAsync(discover, McpErrorCode.MethodNotFound, "Method not found", cancellationToken);
        }
        else if (_options.Era == Era.Legacy && message is JsonRpcRequest request && IsModern(request))
        {
            await RefuseAsync(request, McpErrorCode.InvalidRequest, "Received request before initialization was complete", cancellationToken);
        }
        else
        {
            await _understood.Writer.WriteAsync(message, cancellationToken);
        }
    }

    private Task RefuseAsync(JsonRpcRequest request, McpErrorCode code, string message, CancellationToken cancellationToken) =>
        SendMessageAsync(
            new JsonRpcError { Id = request.Id, Error = new JsonRpcErrorDetail { Code = (int)code, Message = message } },
            cancellationToken);

    private static bool IsModern(JsonRpcRequest request) =>
        request.Params?["_meta"]?["io.modelcontextprotocol/protocolVersion"] is not null;
}
