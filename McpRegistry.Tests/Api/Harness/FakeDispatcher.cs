using System.Text;

using McpRegistry.Core.Calls;
using McpRegistry.Core.Json;
using McpRegistry.Core.Upstream;
using McpRegistry.Tests.Fakes;

namespace McpRegistry.Tests.Api.Harness;

/// <summary>Ends calls as a test says, and remembers what it would have sent.</summary>
internal sealed class FakeDispatcher : ICallDispatcher
{
    /// <summary>How the next calls end.</summary>
    public Func<UpstreamCall, CallOutcome> End { get; set; } = call => Answered(call, FakeInstanceClient.Result("""{"content":[]}"""));

    public UpstreamCall? Last { get; private set; }

    /// <summary>The params of the last call, as they would stand on the wire to a legacy instance.</summary>
    public string LastParams { get; private set; } = "";

    public ValueTask<CallOutcome> DispatchAsync(UpstreamCall call, CancellationToken cancellationToken)
    {
        using var written = new PooledBytes();
        call.Params.WriteTo(written, new HopMeta(ProtocolEra.Legacy, "2025-11-25"));
        LastParams = Encoding.UTF8.GetString(written.Span);
        Last = call;
        return ValueTask.FromResult(End(call));
    }

    public static CallOutcome Answered(UpstreamCall call, UpstreamReply reply) =>
        CallOutcome.Answered(reply, call.Service.Name, call.Service.Instances[0], attempts: 1);

    public static CallOutcome OfReplica(UpstreamCall call, UpstreamReply reply) =>
        CallOutcome.Answered(reply, call.Service.Name, call.Service.Instances[0], attempts: 1, isOfReplica: true);
}
