using System.Text.Json;

using McpRegistry.Core.Json;
using McpRegistry.Core.Upstream;

namespace McpRegistry.Tests.Health;

/// <summary>A client that does what the test says; connects and answers unless told otherwise.</summary>
internal sealed class FakeInstanceClient : IInstanceClient
{
    private int _connects;
    private int _sends;

    public InstanceConnection? Connection { get; set; }

    /// <summary>Is told of a finished handshake. Null: nobody listens.</summary>
    public IInstanceObserver? Observer { get; set; }

    public Func<CancellationToken, Task>? OnConnect { get; set; }

    public Func<UpstreamRequest, CancellationToken, ValueTask<UpstreamReply>>? OnSend { get; set; }

    public int Connects => Volatile.Read(ref _connects);

    public int Sends => Volatile.Read(ref _sends);

    public UpstreamRequest? LastRequest { get; private set; }

    public static UpstreamReply Answer => UpstreamReply.Answered(new PooledBytes(), default);

    public static InstanceConnection ConnectionOf(ProtocolEra era) => new() { Era = era, ProtocolVersion = "2025-11-25", Capabilities = JsonElement.Parse("{}") };

    public static FakeInstanceClient Connected(ProtocolEra era = ProtocolEra.Legacy) => new() { Connection = ConnectionOf(era) };

    public async Task ConnectAsync(CancellationToken cancellationToken)
    {
        Interlocked.Increment(ref _connects);
        if (OnConnect is { } connect) await connect(cancellationToken);
        Connection ??= ConnectionOf(ProtocolEra.Legacy);
        Observer?.Connected(Connection);
    }

    public ValueTask<UpstreamReply> SendAsync(UpstreamRequest request, CancellationToken cancellationToken)
    {
        LastRequest = request;
        Interlocked.Increment(ref _sends);
        return OnSend is { } send ? send(request, cancellationToken) : ValueTask.FromResult(Answer);
    }

    public ValueTask DisposeAsync() => ValueTask.CompletedTask;

    /// <summary>Hangs as a contract-keeping client does: the token ends the wait.</summary>
    public static async ValueTask<UpstreamReply> HangAsync(UpstreamRequest request, CancellationToken cancellationToken)
    {
        var ended = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        await using var registration = cancellationToken.Register(() => ended.SetResult());
        await ended.Task;
        return UpstreamReply.Cancelled(wasSent: request.Method.Length > 0);
    }

    /// <summary>Hangs and does not even listen to its token.</summary>
    public static async ValueTask<UpstreamReply> HangDeafAsync(UpstreamRequest request, CancellationToken cancellationToken)
    {
        await new TaskCompletionSource().Task;
        return UpstreamReply.Cancelled(wasSent: request.Method.Length > 0 && cancellationToken.CanBeCanceled);
    }
}
