using System.Text;
using System.Text.Json;

using McpRegistry.Core.Json;
using McpRegistry.Core.Upstream;

namespace McpRegistry.Tests.Fakes;

/// <summary>An instance that answers as a test says, and remembers what it was sent.</summary>
internal sealed class FakeInstanceClient : IInstanceClient, IReportsPassedOver
{
    private readonly Lock _lock = new();
    private readonly List<string> _methods = [];

    public Func<UpstreamRequest, CancellationToken, ValueTask<UpstreamReply>> Answer { get; set; } = (_, _) => ValueTask.FromResult(Result("""{"content":[]}"""));

    public InstanceConnection? Connection { get; set; } = Legacy();

    public bool ConnectsForCalls { get; set; }

    public long PassedOver { get; set; }

    public IReadOnlyList<string> Methods
    {
        get { lock (_lock) return [.. _methods]; }
    }

    public Task ConnectAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public ValueTask<UpstreamReply> SendAsync(UpstreamRequest request, CancellationToken cancellationToken)
    {
        lock (_lock) _methods.Add(request.Method);
        return Answer(request, cancellationToken);
    }

    public ValueTask DisposeAsync() => ValueTask.CompletedTask;

    public static InstanceConnection Legacy(string capabilities = """{"tools":{}}""", bool stateful = false) => new()
    {
        Era = ProtocolEra.Legacy,
        ProtocolVersion = "2025-11-25",
        Capabilities = JsonDocument.Parse(capabilities).RootElement,
        IsStateful = stateful,
    };

    public static UpstreamReply Result(string json) => Message($$"""{"jsonrpc":"2.0","id":1,"result":{{json}}}""");

    public static UpstreamReply Error(int code) => Error($$$"""{"code":{{{code}}},"message":"m"}""");

    public static UpstreamReply Error(string json) => Message($$"""{"jsonrpc":"2.0","id":1,"error":{{json}}}""");

    private static UpstreamReply Message(string json)
    {
        var bytes = new PooledBytes();
        bytes.Write(Encoding.UTF8.GetBytes(json));
        return UpstreamReply.Answered(bytes, JsonRpcMessage.Read(bytes.Memory).Response);
    }
}
