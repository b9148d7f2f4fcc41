using System.IO.Pipes;

using McpRegistry.Core.Json;
using McpRegistry.Core.Upstream.Channels;

namespace McpRegistry.Core.Upstream.Stdio;

/// <summary>One JSON-RPC message a line over the pipes of a child, with a limit to the length of a line.</summary>
internal sealed class LineChannel(Stream input, Stream output, int maxLineBytes) : IMessageChannel
{
    private const byte LineFeed = (byte)'\n';
    private const byte CarriageReturn = (byte)'\r';
    private const byte Space = (byte)' ';

    private readonly byte[] _buffer = new byte[32 * 1024];
    private int _start;
    private int _end;

    public bool HasUnread => input is PipeStream { IsConnected: true } pipe && Posix.HasUnread(pipe.SafePipeHandle);

    public async ValueTask SendAsync(PooledBytes message, CancellationToken cancellationToken)
    {
        // A line break in valid JSON is white space, never part of a string; on this wire it would cut the message in two.
        var bytes = message.Segment.AsSpan();
        bytes.Replace(LineFeed, Space);
        bytes.Replace(CarriageReturn, Space);
        message.Write([LineFeed]);
        await input.WriteAsync(message.Memory, cancellationToken);
        await input.FlushAsync(cancellationToken);
    }

    public async ValueTask<PooledBytes?> ReceiveAsync(CancellationToken cancellationToken)
    {
        var line = new PooledBytes();
        try
        {
            while (true)
            {
                if (_start == _end && !await FillAsync(cancellationToken))
                {
                    // What stands after the last line break is the torso of a message.
                    line.Dispose();
                    return null;
                }

                if (!TakeLine(line)) continue;
                if (!line.Span.ContainsAnyExcept(Space, CarriageReturn)) line.Clear();
                else return line;
            }
        }
        catch
        {
            line.Dispose();
            throw;
        }
    }

    private async ValueTask<bool> FillAsync(CancellationToken cancellationToken)
    {
        _start = 0;
        _end = await output.ReadAsync(_buffer, cancellationToken);
        return _end > 0;
    }

    // True: the line is complete.
    private bool TakeLine(PooledBytes line)
    {
        var available = _buffer.AsSpan(_start, _end - _start);
        var lineFeed = available.IndexOf(LineFeed);
        var part = lineFeed < 0 ? available : available[..lineFeed];
        if (line.Length + part.Length > maxLineBytes) throw new MessageTooLargeException(maxLineBytes, MessageSalvage.TryReadId(line.Span));
        line.Write(part);
        _start += lineFeed < 0 ? part.Length : part.Length + 1;
        return lineFeed >= 0;
    }
}
