using System.Collections.Immutable;
using System.Text.Json;

using McpRegistry.Core.Buffers;
using McpRegistry.Core.Registration;
using McpRegistry.Core.Upstream.Channels;
using McpRegistry.Core.Upstream.Http;
using McpRegistry.Core.Upstream.Http.Egress;

namespace McpRegistry.Core.Upstream.PlainHttp;

/// <summary>A plain HTTP service as an MCP instance: its operations are tools, its health path answers <c>ping</c>.</summary>
internal sealed class PlainHttpClient : IInstanceClient, IReportsLeftOut, IKeepsDiscretion
{
    private static readonly InstanceConnection Plain = new()
    {
        Era = ProtocolEra.Legacy,
        ProtocolVersion = KnownRevisions.Legacy[0],
        Capabilities = JsonElement.Parse("{\"tools\":{}}"),
    };

    private readonly HttpInstance _instance;
    private readonly ServiceConfig _config;
    private readonly PlainHttpExchange _exchange;
    private readonly PlainToolSource _source;
    private volatile InstanceConnection? _connection;

    public PlainHttpClient(HttpInstance instance, ServiceConfig config)
    {
        _instance = instance;
        _config = config;
        _exchange = new PlainHttpExchange(instance);
        // The document may be asked for again. A call may not, and neither may a probe: it would hide what it is there to find.
        _source = new PlainToolSource(new PlainHttpExchange(instance with { Egress = ControlEgress.Over(instance.Egress, instance.Time, instance.Random) }), config);
    }

    public InstanceConnection? Connection => _connection;

    public IReadOnlyList<LeftOutItem> LeftOut => _source.LeftOut;

    public string? UnconnectedReason => _instance.Discretion is null ? null : Discretion.Unreachable;

    public async Task ConnectAsync(CancellationToken cancellationToken)
    {
        if (_connection is not null) return;
        try { await ReachAsync(cancellationToken); }
        catch (UpstreamException failure) when (_instance.Discretion is not null) { throw _instance.Discretion.Of(failure); }
        _connection = Plain;
        _instance.Observer.Connected(Plain);
    }

    private async Task ReachAsync(CancellationToken cancellationToken)
    {
        using var limit = new CancellationTokenSource(_instance.StartupTimeout, _instance.Time);
        using var linked = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken, limit.Token);
        var health = await _exchange.GetAsync(_config.Health.Path, PlainTool.AnyAnswer, linked.Token);
        using var body = health.Body;
        cancellationToken.ThrowIfCancellationRequested();
        if (health.Failure is not null) throw new UpstreamException(health.Detail ?? "no answer in time") { IsOurOwn = health.IsOurOwn };
        if (health.Status is 401 or 403 or 429) throw UpstreamException.Refused(health.Status);
        if (health.Redirect is { } redirect) throw new UpstreamException($"its health path: {redirect}");
        if (health.Status is not (>= 200 and < 300)) throw new UpstreamException($"its health path answers HTTP {health.Status}");
        if (await _source.GetAsync(cancellationToken) is null) throw new UpstreamException($"its OpenAPI document {_source.Problem}, and no tools are declared");
    }

    public async ValueTask<UpstreamReply> SendAsync(UpstreamRequest request, CancellationToken cancellationToken)
    {
        try
        {
            return request.Method switch
            {
                "tools/call" => await CallAsync(request, cancellationToken),
                "tools/list" => await ListAsync(cancellationToken),
                "ping" => await PingAsync(cancellationToken),
                _ => PlainResults.Error(-32601, "Method not found"),
            };
        }
        catch (OperationCanceledException) when (cancellationToken.IsCancellationRequested) { return UpstreamReply.Cancelled(wasSent: false); }
    }

    public ValueTask DisposeAsync()
    {
        _connection = null;
        _instance.Egress.Dispose();
        return ValueTask.CompletedTask;
    }

    private async ValueTask<UpstreamReply> ListAsync(CancellationToken cancellationToken) =>
        await _source.RefreshAsync(cancellationToken) is { } tools
            ? PlainResults.Listed(tools)
            : UpstreamReply.NotSent(UpstreamOutcome.ConnectFailed, $"its OpenAPI document {_source.Problem}");

    private async ValueTask<UpstreamReply> PingAsync(CancellationToken cancellationToken)
    {
        var answer = await _exchange.GetAsync(_config.Health.Path, PlainTool.AnyAnswer, cancellationToken);
        answer.Body?.Dispose();
        if (answer.Failure is not null) return PlainJudge.Failed(answer);
        return answer.Status switch
        {
            >= 200 and < 300 => PlainResults.Empty(),
            401 or 403 or 429 => UpstreamReply.RefusedWith(answer.Status, answer.RetryAfter),
            _ => UpstreamReply.Lost(UpstreamOutcome.SentButNoAnswer, $"HTTP {answer.Status}"),
        };
    }

    private async ValueTask<UpstreamReply> CallAsync(UpstreamRequest request, CancellationToken cancellationToken)
    {
        var tool = await FindAsync(request.RoutingName ?? request.Params.String("name"u8), cancellationToken);
        if (tool is null) return PlainResults.Error(-32602, "Unknown tool");
        var arguments = request.Params.Member("arguments"u8, out var type);
        if (type is not (JsonTokenType.None or JsonTokenType.StartObject)) return UpstreamReply.Invalid("The arguments must be an object.");
        PlainRequest plain;
        try { plain = PlainCall.Create(tool, arguments); }
        catch (ArgumentRefusedException refusal) { return UpstreamReply.Invalid(refusal.Message); }
        var answer = await _exchange.SendAsync(plain, request, cancellationToken);
        if (answer.Http.Status is 401 or 403) _instance.Credentials.Forget();
        return Judge(answer, tool);
    }

    // To become a result the answer is turned into text and written anew, which takes several times its size.
    private UpstreamReply Judge(in PlainAnswer answer, PlainTool tool)
    {
        var length = answer.Http.Body?.Length ?? 0;
        if (length <= ByteBudget.FreeBytes || _instance.Budget is not { } budget) return PlainJudge.Judge(answer, tool);
        if (!budget.TryTake(Times * length))
        {
            answer.Http.Body!.Dispose();
            return UpstreamReply.Lost(UpstreamOutcome.NoRoom, new NoRoomException().Message);
        }

        try
        {
            var reply = PlainJudge.Judge(answer, tool);
            reply.CountIn(budget);
            return reply;
        }
        finally { budget.Give(Times * length); }
    }

    private const long Times = 4;

    private async ValueTask<PlainTool?> FindAsync(string? name, CancellationToken cancellationToken)
    {
        var tools = await _source.GetAsync(cancellationToken);
        foreach (var tool in tools ?? ImmutableArray<PlainTool>.Empty)
        {
            if (tool.Name == name) return tool;
        }

        return null;
    }
}
