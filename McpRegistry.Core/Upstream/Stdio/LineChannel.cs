using System.IO.Pipes;

using McpRegistry.Core.Buffers;
using McpRegistry.Core.Json;
using McpRegistry.Core.Upstream.Channels;

namespace McpRegistry.Core.Upstream.Stdio;

/// <summary>One JSON-RPC message a line over the pipes of a child, with a limit to the length of a line.</summary>
internal sealed class LineChannel(Stream input, Stream output, int maxLineBytes, ByteBudget? budget = null) : IMessageChannel
{
    // A line that is too long is read to its end, so that the next message is found; one without an end ends the channel.
    private const int LongestPassedOver = 16;

    private const int InitialBytes = 4096;

    private const byte LineFeed = (byte)'\n';
    private const byte CarriageReturn = (byte)'\r';
    private const byte Space = (byte)' ';

    private readonly byte[] _buffer = new byte[32 * 1024];
    private int _start;
    private int _end;

    public bool HasUnread => input is PipeStream { IsConnected: true } pipe && Posix.HasUnread(pipe.SafePipeHandle);

    private static ReadOnlySpan<byte> ByteOrderMark => [0xEF, 0xBB, 0xBF];

    // What some runtimes pad lines with, or leave behind when a file they wrote to is cut: no part of a message.
    private static ReadOnlySpan<byte> Padding => " \t\r\0"u8;

    public async ValueTask SendAsync(PooledBytes message, string? traceParent, CancellationToken cancellationToken)
    {
        // A line break in valid JSON is white space, never part of a string; on this wire it would cut the message in two.
        var bytes = message.Written;
        bytes.Replace(LineFeed, Space);
        bytes.Replace(CarriageReturn, Space);
        message.Write([LineFeed]);
        await input.WriteAsync(message.Memory, cancellationToken);
        await input.FlushAsync(cancellationToken);
    }

    public async ValueTask<PooledBytes?> ReceiveAsync(CancellationToken cancellationToken)
    {
        var line = new PooledBytes(InitialBytes, budget, maxLineBytes);
        var hasRoom = true;
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

                if (!TakePart(line, maxLineBytes, out var isWhole, ref hasRoom)) throw await PassOverAsync(line, hasRoom, cancellationToken);
                if (!isWhole) continue;
                Trim(line);
                if (line.Length > 0) return line;
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

    // False: the line would be too long with what is there, or there is no room for it; nothing was taken.
    private bool TakePart(PooledBytes line, long limit, out bool isWhole, ref bool hasRoom)
    {
        var available = _buffer.AsSpan(_start, _end - _start);
        var lineFeed = available.IndexOf(LineFeed);
        isWhole = lineFeed >= 0;
        var part = isWhole ? available[..lineFeed] : available;
        if (line.Length + part.Length > limit) return false;
        try { line.Write(part); }
        catch (NoRoomException) { return hasRoom = false; }
        _start += isWhole ? part.Length + 1 : part.Length;
        return true;
    }

    // Whose answer it is stands at its beginning or at its end, by the server's habit.
    private async ValueTask<MessageTooLargeException> PassOverAsync(PooledBytes line, bool hasRoom, CancellationToken cancellationToken)
    {
        var id = MessageSalvage.TryReadId(line.Span);
        var isNoAnswer = id is null && OversizeLine.IsNoAnswer(line.Span);
        long passed = line.Length;
        var isWhole = false;
        while (!isWhole && passed < (long)LongestPassedOver * maxLineBytes)
        {
            if (_start == _end && !await FillAsync(cancellationToken)) break;
            OversizeLine.KeepEnd(line);
            var before = line.Length;
            TakePart(line, long.MaxValue, out isWhole, ref hasRoom);
            passed += line.Length - before;
        }

        if (isWhole && id is null && !isNoAnswer) id = OversizeLine.TryReadIdAtEnd(line.Span);
        return new MessageTooLargeException(maxLineBytes, id, isWhole) { IsNoAnswer = isNoAnswer, HasRoom = hasRoom, Length = passed };
    }

    private static void Trim(PooledBytes line)
    {
        line.Truncate(line.Span.TrimEnd(Padding).Length);
        var rest = line.Span.TrimStart(Padding);
        if (rest.StartsWith(ByteOrderMark)) rest = rest[ByteOrderMark.Length..].TrimStart(Padding);
        if (rest.Length == line.Length) return;
        var length = rest.Length;
        rest.CopyTo(line.Written);
        line.Truncate(length);
    }
}
