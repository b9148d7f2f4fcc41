using System.Globalization;

using McpRegistry.Core.Buffers;
using McpRegistry.Core.Json;

namespace McpRegistry.Core.Upstream.Http;

/// <summary>Reads the body of a response.</summary>
internal static class ResponseBody
{
    /// <summary>Reads the whole body into one pooled buffer; null when it is larger than <paramref name="maxBytes"/>.</summary>
    /// <param name="response">The response, its headers read.</param>
    /// <param name="maxBytes">The limit.</param>
    /// <param name="expectedBytes">How large the buffer begins when the response does not say how large it is.</param>
    /// <param name="budget">Where a large body counts. Null: nowhere.</param>
    /// <param name="cancellationToken">Ends the wait and closes the connection.</param>
    /// <exception cref="NoRoomException">The budget has no room for it.</exception>
    public static async ValueTask<PooledBytes?> ReadAsync(HttpResponseMessage response, int maxBytes, int expectedBytes, ByteBudget? budget, CancellationToken cancellationToken)
    {
        var declared = DeclaredLength(response);
        if (declared > maxBytes) return null;
        // What a header promises costs nothing to promise; beyond this the buffer grows with what really comes.
        var body = new PooledBytes((int)Math.Min(declared ?? expectedBytes, MaxInitialBytes), budget, (int)Math.Min(declared ?? maxBytes + 1L, Array.MaxLength));
        try
        {
            var stream = await response.Content.ReadAsStreamAsync(cancellationToken);
            while (declared is null || body.Length < declared)
            {
                var read = await stream.ReadAsync(body.GetMemory(), cancellationToken);
                if (read == 0) break;
                body.Advance(read);
                if (body.Length > maxBytes)
                {
                    body.Dispose();
                    return null;
                }
            }

            return body;
        }
        catch
        {
            body.Dispose();
            throw;
        }
    }

    /// <summary>Closes a response whose rest nobody wants. Disposing it alone would first wait for more of it.</summary>
    public static async ValueTask AbortAsync(HttpResponseMessage response)
    {
        using var abort = new CancellationTokenSource();
        try
        {
            var stream = await response.Content.ReadAsStreamAsync(CancellationToken.None);
            var rest = new byte[4096];
            // Only a read that waits can be cancelled, so what has come already is passed over first.
            for (var i = 0; i < MaxReadsBeforeAbort; i++)
            {
                var read = stream.ReadAsync(rest, abort.Token);
                if (!read.IsCompleted) await abort.CancelAsync();
                if (await read == 0) break;
            }
        }
        catch (Exception failure) when (failure is IOException or OperationCanceledException or HttpRequestException or ObjectDisposedException) { }
        response.Dispose();
    }

    public static bool IsEventStream(HttpResponseMessage response) => MediaTypeStartsWith(response, "text/event-stream");

    // Unparsed on purpose: parsing allocates, and only the beginning is of interest.
    private static bool MediaTypeStartsWith(HttpResponseMessage response, string mediaType) =>
        response.Content.Headers.NonValidated.TryGetValues("Content-Type", out var values)
        && values.ToString().AsSpan().TrimStart().StartsWith(mediaType, StringComparison.OrdinalIgnoreCase);

    private static long? DeclaredLength(HttpResponseMessage response) =>
        response.Content.Headers.NonValidated.TryGetValues("Content-Length", out var values)
        && long.TryParse(values.ToString(), NumberStyles.None, CultureInfo.InvariantCulture, out var length) ? length : null;

    private const int MaxInitialBytes = 256 * 1024;

    private const int MaxReadsBeforeAbort = 64;
}
