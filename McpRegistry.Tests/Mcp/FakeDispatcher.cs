using System.Collections.Concurrent;
using System.Text;

using McpRegistry.Core.Calls;
using McpRegistry.Core.Json;
using McpRegistry.Core.Upstream;

namespace McpRegistry.Tests.Mcp;

/// <summary>Stands for the services: remembers what would have gone upstream and answers what a test says.</summary>
internal sealed class FakeDispatcher : ICallDispatcher
{
    public ConcurrentQueue<(UpstreamCall Call, string Params)> Calls { get; } = new();

    /// <summary>What happens to a call; by default it is answered with a text.</summary>
    public Func<UpstreamCall, CancellationToken, ValueTask<CallOutcome>> OnCall { get; set; } =
        (call, _) => ValueTask.FromResult(Result(call, """{"content":[{"type":"text","text":"done"}]}"""));

    public async ValueTask<CallOutcome> DispatchAsync(UpstreamCall call, CancellationToken cancellationToken)
    {
        using var sent = new PooledBytes();
        call.Params.WriteTo(sent, new HopMeta(ProtocolEra.Legacy, "2025-11-25"));
        Calls.Enqueue((call, Encoding.UTF8.GetString(sent.Span)));
        return await OnCall(call, cancellationToken);
    }

    public static CallOutcome Result(UpstreamCall call, string result) => Answer(call, $$"""{"jsonrpc":"2.0","id":1,"result":{{result}}}""");

    public static CallOutcome Error(UpstreamCall call, string error) => Answer(call, $$"""{"jsonrpc":"2.0","id":1,"error":{{error}}}""");

    private static CallOutcome Answer(UpstreamCall call, string json)
    {
        var body = new PooledBytes();
        body.Write(Encoding.UTF8.GetBytes(json));
        return CallOutcome.Answered(UpstreamReply.Answered(body, JsonRpcMessage.Read(body.Memory).Response), call.Service.Name, call.Service.Instances[0], 1);
    }
}
