using System.Buffers;
using System.IO.Pipelines;

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

    private RequestBody(PipeReader reader, ReadOnlySequence<byte> content)
    {
        _reader = reader;
        _end = content.End;
        if (content.IsSingleSegment)
        {
            Bytes = content.First;
            return;
        }

        _copy = new PooledBytes((int)content.Length);
        foreach (var segment in content) _copy.Write(segment.Span);
        Bytes = _copy.Memory;
    }

    public ReadOnlyMemory<byte> Bytes { get; }

    /// <summary>Reads it to its end.</summary>
    /// <returns>Null: it is larger than <paramref name="limit"/>.</returns>
    public static async ValueTask<RequestBody?> ReadAsync(HttpRequest request, int limit)
    {
        if (request.ContentLength > limit) return null;
        var reader = request.BodyReader;
        while (true)
        {
            var result = await reader.ReadAsync(request.HttpContext.RequestAborted);
            if (result.Buffer.Length > limit)
            {
                reader.AdvanceTo(result.Buffer.End);
                return null;
            }

            if (result.IsCompleted) return new RequestBody(reader, result.Buffer);
            reader.AdvanceTo(result.Buffer.Start, result.Buffer.End);
        }
    }

    public void Dispose()
    {
        _copy?.Dispose();
        _reader.AdvanceTo(_end);
    }
}
