using System.IO.Pipelines;
using System.Text;
using System.Text.Json;

using McpRegistry.Core.Upstream;
using McpRegistry.Core.Upstream.Channels;
using McpRegistry.Core.Upstream.Stdio;

using Microsoft.Extensions.Logging.Abstractions;

namespace McpRegistry.Tests.Upstream.AtMostOnce;

/// <summary>
/// A child over pipes in memory, with the framing, the handshake and the conversation of the product, that answers calls with
/// anything. One that ended is started again by connecting.
/// </summary>
internal sealed class ChildServer(Ledger ledger, bool isModern, TimeProvider time) : IInstanceClient
{
    private const int MaxLine = 64 * 1024;

    private Pipe? _toClient;
    private MessageChannelPeer? _peer;
    private Task _serving = Task.CompletedTask;

    public InstanceConnection? Connection { get; private set; }

    public async Task ConnectAsync(CancellationToken cancellationToken)
    {
        if (_peer is not null) await EndAsync();
        var toChild = new Pipe();
        var toClient = _toClient = new Pipe();
        _serving = ServeAsync(new StreamReader(toChild.Reader.AsStream()), toClient.Writer);
        var peer = _peer = new MessageChannelPeer("child", new LineChannel(toChild.Writer.AsStream(), toClient.Reader.AsStream(), MaxLine), new SilentObserver(), time, NullLogger.Instance);
        peer.Start();
        Connection = await new ChannelHandshake(peer, TimeSpan.FromSeconds(30), time).RunAsync(isModern ? ProtocolEra.Modern : ProtocolEra.Legacy, cancellationToken);
    }

    public async ValueTask<UpstreamReply> SendAsync(UpstreamRequest request, CancellationToken cancellationToken) =>
        Connection is { } connection
            ? await _peer!.SendAsync(request, connection.Era, connection.ProtocolVersion, cancellationToken)
            : UpstreamReply.NotSent(UpstreamOutcome.ConnectFailed, "ended");

    public ValueTask DisposeAsync() => new(EndAsync());

    /// <summary>True when the child ended: whoever connects starts another.</summary>
    public bool HasEnded => _peer?.IsClosed != false;

    private async Task EndAsync()
    {
        Connection = null;
        if (_peer is { } peer) await peer.DisposeAsync();
        if (_toClient is { } pipe) await pipe.Writer.CompleteAsync();
        _peer = null;
    }

    private async Task ServeAsync(StreamReader input, PipeWriter output)
    {
        try
        {
            while (await input.ReadLineAsync() is { } line)
            {
                var message = JsonElement.Parse(line);
                if (!message.TryGetProperty("method", out var method) || !message.TryGetProperty("id", out var id)) continue;
                if (method.ValueEquals("tools/call"))
                {
                    if (!await AnswerAsync(message, id.GetRawText(), output)) break;
                    continue;
                }

                await WriteAsync(output, isModern
                    ? $$"""{"jsonrpc":"2.0","id":{{id}},"result":{"supportedVersions":["2026-07-28"],"capabilities":{"tools":{} } } }"""
                    : $$"""{"jsonrpc":"2.0","id":{{id}},"result":{"protocolVersion":"2025-11-25","capabilities":{"tools":{} } } }""");
            }
        }
        catch (Exception gone) when (gone is InvalidOperationException or IOException) { }
        await output.CompleteAsync();
    }

    // False: the child ends.
    private async Task<bool> AnswerAsync(JsonElement message, string id, PipeWriter output)
    {
        var dice = ledger.Dice;
        var call = message.GetProperty("params").GetProperty("arguments").GetProperty("call").GetString()!;
        var body = OddBody.To(id, dice);
        var text = Encoding.UTF8.GetString(body.Text).Replace('\r', ' ').Replace('\n', ' ');
        for (var before = dice.Next(3); before > 0; before--)
            await WriteAsync(output, dice.Of("starting up...", "{\"level\":30,\"msg\":\"pino\"}", "[]", "", "{\"jsonrpc\":\"2.0\",\"method\":\"notifications/message\",\"params\":null}", $"{{\"jsonrpc\":\"2.0\",\"id\":{id}999,\"result\":{{}}}}"));
        switch (dice.Next(20))
        {
            case 0:
                ledger.Arrived(call, isDenied: false, "it ends");
                return false;
            case 1:
                ledger.Arrived(call, isDenied: false, "it ends in its answer");
                await output.WriteAsync(Encoding.UTF8.GetBytes(text[..(text.Length / 2)]));
                return false;
            case 2:
                ledger.Arrived(call, isDenied: false, "a line without end");
                await WriteAsync(output, $"{{\"jsonrpc\":\"2.0\",\"id\":{id},\"result\":{{\"a\":\"{new string('x', MaxLine)}\"}}}}");
                return true;
        }

        ledger.Arrived(call, isDenied: false, text);
        if (body is { Names: Named.Us, IsWellFormed: true }) ledger.Answered();
        else ledger.Hopeless();
        await WriteAsync(output, text);
        if (dice.OneIn(4)) await WriteAsync(output, text);
        return true;
    }

    private static async Task WriteAsync(PipeWriter output, string line) => await output.WriteAsync(Encoding.UTF8.GetBytes(line + "\n"));

    private sealed class SilentObserver : IInstanceObserver
    {
        public void Connected(InstanceConnection connection)
        {
        }

        public void Disconnected(string reason)
        {
        }

        public void Notified(string method, ReadOnlyMemory<byte> message)
        {
        }
    }
}
