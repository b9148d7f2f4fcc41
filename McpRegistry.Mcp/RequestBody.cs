using System.Buffers;
using System.IO.Pipelines;

using McpRegistry.Core.Buffers;
using McpRegistry.Core.Json;

namespace McpRegistry.Mcp;

/// <summary>
/// The whole body of a request, read in place where the server has it in one piece. What points into
/// <see cref="Bytes"/> is valid until this is disposed.
/// </summary>
internal sealed class RequestBody : IDisposable
{
    private readonly PipeReader _reader;
    private readonly SequencePosition _end;
    private readonly PooledBytes? _copy;
    private readonly ByteBudget _budget;
    private readonly long _taken;

    private RequestBody(PipeReader reader, ReadOnlySequence<byte> content, ByteBudget budget, long taken)
    {
        _reader = reader;
        _end = content.End;
        (_budget, _taken) = (budget, taken);
        if (content.IsSingleSegment)
        {
            Bytes = content.First;
            return;
        }

        _copy = new PooledBytes((int)content.Length, budget);
        foreach (var segment in content) _copy.Write(segment.Span);
        Bytes = _copy.Memory;
    }

    public ReadOnlyMemory<byte> Bytes { get; }

    /// <summary>Reads it to its end.</summary>
    /// <returns>Null: it is larger than <paramref name="limit"/>.</returns>
    /// <exception cref="NoRoomException">The budget has no room for it.</exception>
    public static async ValueTask<RequestBody?> ReadAsync(HttpRequest request, int limit, ByteBudget budget)
    {
        if (request.ContentLength > limit) return null;
        var reader = request.BodyReader;
        long taken = 0;
        var isRead = false;
        try
        {
            while (true)
            {
                var result = await reader.ReadAsync(request.HttpContext.RequestAborted);
                if (result.Buffer.Length > limit)
                {
                    reader.AdvanceTo(result.Buffer.End);
                    return null;
                }

                try
                {
                    Take(budget, result.Buffer.Length, ref taken);
                    if (result.IsCompleted)
                    {
                        var body = new RequestBody(reader, result.Buffer, budget, taken);
                        isRead = true;
                        return body;
                    }
                }
                catch (NoRoomException)
                {
                    reader.AdvanceTo(result.Buffer.End);
                    throw;
                }

                reader.AdvanceTo(result.Buffer.Start, result.Buffer.End);
            }
        }
        finally
        {
            if (!isRead && taken > 0) budget.Give(taken);
        }
    }

    // What has come so far is kept until all of it has.
    private static void Take(ByteBudget budget, long length, ref long taken)
    {
        if (length <= ByteBudget.FreeBytes || length <= taken) return;
        if (!budget.TryTake(length - taken)) throw new NoRoomException();
        taken = length;
    }

    public void Dispose()
    {
        _copy?.Dispose();
        _reader.AdvanceTo(_end);
        if (_taken > 0) _budget.Give(_taken);
    }
}
