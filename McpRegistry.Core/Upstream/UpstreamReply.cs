using McpRegistry.Core.Buffers;
using McpRegistry.Core.Json;

namespace McpRegistry.Core.Upstream;

/// <summary>How one attempt ended, with the bytes of the answer. Dispose it to give the buffer back.</summary>
public sealed class UpstreamReply : IDisposable
{
    private readonly PooledBytes? _body;
    private readonly JsonRpcResponse _response;
    private ByteBudget? _budget;
    private int _counted;

    private UpstreamReply(UpstreamOutcome outcome, bool wasSent, string? detail, PooledBytes? body, JsonRpcResponse response)
    {
        Outcome = outcome;
        WasSent = wasSent;
        Detail = detail;
        _body = body;
        _response = response;
    }

    /// <summary>What became of the attempt.</summary>
    public UpstreamOutcome Outcome { get; }

    /// <summary>True when the tool may have been executed.</summary>
    public bool WasSent { get; }

    /// <summary>Why it failed, for the log; never for a client, unless the outcome is <see cref="UpstreamOutcome.Invalid"/>.</summary>
    public string? Detail { get; }

    /// <summary>The upstream is alive although the attempt failed (401, 403, 429): not held against its health.</summary>
    public bool IsAlive { get; init; }

    /// <summary>The HTTP status by which a living upstream refused us: 401, 403 or 429. Null: it did not.</summary>
    public int? RefusalStatus { get; init; }

    /// <summary><see cref="RefusalStatus"/> in words an operator may read. Null: there is none.</summary>
    public string? RefusalReason => RefusalStatus is { } status ? Refusal(status) : null;

    /// <summary>How long the upstream asked us to wait (<c>Retry-After</c>). Null: it did not.</summary>
    public TimeSpan? RetryAfter { get; init; }

    /// <summary>True when the answer is a JSON-RPC error.</summary>
    public bool IsError => !_response.Error.IsEmpty;

    /// <summary>The bytes of the <c>result</c> object; empty unless answered with a result.</summary>
    public ReadOnlyMemory<byte> Result => _body is null ? default : _response.Result.Of(_body.Memory);

    /// <summary>The bytes of the <c>error</c> object; empty unless answered with an error.</summary>
    public ReadOnlyMemory<byte> Error => _body is null ? default : _response.Error.Of(_body.Memory);

    /// <summary>What the scan saw of the answer.</summary>
    public JsonRpcResponse Response => _response;

    /// <summary>P2. Takes ownership of <paramref name="body"/>.</summary>
    public static UpstreamReply Answered(PooledBytes body, JsonRpcResponse response) => new(UpstreamOutcome.Answered, true, null, body, response);

    /// <summary>Nothing was executed.</summary>
    public static UpstreamReply NotSent(UpstreamOutcome outcome, string detail, bool isAlive = false, TimeSpan? retryAfter = null) =>
        new(outcome, false, detail, null, default) { IsAlive = isAlive, RetryAfter = retryAfter };

    /// <summary>A living upstream refused the request by this HTTP status; nothing was executed.</summary>
    public static UpstreamReply RefusedWith(int status, TimeSpan? retryAfter) =>
        new(UpstreamOutcome.Refused, false, $"HTTP {status}", null, default) { IsAlive = true, RetryAfter = retryAfter, RefusalStatus = status };

    /// <summary>Nothing was sent, as there is no connection and none could be made.</summary>
    public static UpstreamReply NotConnected(UpstreamException failure) => failure.RefusalStatus is { } status
        ? RefusedWith(status, retryAfter: null)
        : NotSent(UpstreamOutcome.ConnectFailed, failure.Message, failure.IsAlive);

    /// <summary>It may have been executed.</summary>
    public static UpstreamReply Lost(UpstreamOutcome outcome, string detail, TimeSpan? retryAfter = null) => new(outcome, true, detail, null, default) { RetryAfter = retryAfter };

    /// <summary>The caller asked for what cannot be sent; nothing was.</summary>
    /// <param name="detail">What is wrong, for the caller: our own words, and names of arguments at most.</param>
    public static UpstreamReply Invalid(string detail) => new(UpstreamOutcome.Invalid, false, detail, null, default);

    /// <summary>The caller gave up.</summary>
    public static UpstreamReply Cancelled(bool wasSent) => new(UpstreamOutcome.Cancelled, wasSent, null, null, default);

    internal static string Refusal(int status) => status == 429 ? "It asks us to slow down (HTTP 429)." : $"It refused our credentials (HTTP {status}).";

    /// <summary>Counts the answer in a budget until it is disposed; for one that was written here, in a buffer that counts nowhere. It is not refused any more.</summary>
    internal void CountIn(ByteBudget budget)
    {
        if (_body is not { Length: > ByteBudget.FreeBytes }) return;
        (_budget, _counted) = (budget, _body.Length);
        budget.Count(_counted);
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        _body?.Dispose();
        Interlocked.Exchange(ref _budget, null)?.Give(_counted);
    }
}
