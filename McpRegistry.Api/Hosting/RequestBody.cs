using McpRegistry.Core.Buffers;
using McpRegistry.Core.Json;

namespace McpRegistry.Api.Hosting;

/// <summary>Reads request bodies whole, into a buffer of the pool.</summary>
internal static class RequestBody
{
    /// <summary>True when the body is said to be JSON, in UTF-8.</summary>
    public static bool IsJson(HttpRequest request)
    {
        if (request.ContentType is not { } type) return false;
        var rest = type.AsSpan();
        if (!rest.StartsWith("application/json", StringComparison.OrdinalIgnoreCase)) return false;
        rest = rest["application/json".Length..].TrimStart(' ');
        if (rest.IsEmpty) return true;
        if (rest[0] != ';') return false;
        var charset = rest.IndexOf("charset=", StringComparison.OrdinalIgnoreCase);
        return charset < 0 || rest[(charset + "charset=".Length)..].TrimStart('"').StartsWith("utf-8", StringComparison.OrdinalIgnoreCase);
    }

    /// <summary>Reads it. The caller disposes the answer.</summary>
    /// <exception cref="BadHttpRequestException">It is larger than the limit, comes too slowly or stops half way.</exception>
    /// <exception cref="NoRoomException">The budget of the process has no room for it; <see cref="ProblemBoundary"/> says so.</exception>
    public static async ValueTask<PooledBytes> ReadAsync(HttpRequest request, ByteBudget? budget, CancellationToken cancellationToken)
    {
        // A length is only believed up to a point: memory follows what arrives, not what is announced.
        var body = new PooledBytes((int)Math.Min(request.ContentLength + RoomForAppending ?? DefaultCapacity, LargestFirstRent), budget?.Requests);
        try
        {
            var reader = request.BodyReader;
            while (true)
            {
                var read = await reader.ReadAsync(cancellationToken);
                try
                {
                    foreach (var segment in read.Buffer) body.Write(segment.Span);
                }
                finally { reader.AdvanceTo(read.Buffer.End); }
                if (read.IsCompleted) return body;
                if (read.IsCanceled) throw new OperationCanceledException(cancellationToken);
            }
        }
        catch
        {
            body.Dispose();
            throw;
        }
    }

    private const int DefaultCapacity = 4096;
    private const int LargestFirstRent = 256 * 1024;
    private const int RoomForAppending = 64;
}
