using System.Buffers;
using System.IO.Pipelines;

using McpRegistry.Core.Buffers;
using McpRegistry.Core.Clients;

using Microsoft.Extensions.Options;

namespace McpRegistry.Mcp.Clients;

/// <summary>
/// Writes to clients so that one that does not read holds nothing up and keeps little in memory: large answers go out piece by piece,
/// what a client makes wait counts in the budget of the process, and who reads nothing for too long is cut.
/// </summary>
public sealed class ClientWriter
{
    /// <summary>Up to this size an answer is left to the end of its request, which sends it in one go.</summary>
    public const int SmallBytes = 16 * 1024;

    // Written at once; as large as what is not counted of an upstream's answer.
    private const int WholeBytes = ByteBudget.FreeBytes;
    private const int PieceBytes = 64 * 1024;

    private readonly SlowReaders _slow;

    /// <summary>Makes the one of the process.</summary>
    /// <param name="budget">Where counts what waits.</param>
    /// <param name="options">How long a client may make it wait.</param>
    /// <param name="time">The clock.</param>
    public ClientWriter(ByteBudget budget, IOptions<ClientOptions> options, TimeProvider time)
    {
        _slow = new SlowReaders(options.Value.WriteTimeout, time);
        Budget = budget;
        MaxWaitingBytes = options.Value.MaxWaitingBytes;
        budget.Pressed += _slow.Cut;
    }

    /// <inheritdoc cref="ByteBudget"/>
    internal ByteBudget Budget { get; }

    /// <inheritdoc cref="ClientOptions.MaxWaitingBytes"/>
    internal int MaxWaitingBytes { get; }

    /// <summary>One with the usual limits, for what stands alone.</summary>
    internal static ClientWriter Alone(TimeProvider time) => new(new ByteBudget(long.MaxValue), Options.Create(new ClientOptions()), time);

    /// <summary>Sends what was written.</summary>
    /// <param name="response">Where to.</param>
    /// <param name="waiting">How many bytes stay in memory until the client reads them.</param>
    /// <returns>False: the client is gone, or was cut because it does not read.</returns>
    public ValueTask<bool> FlushAsync(HttpResponse response, int waiting)
    {
        var flush = response.BodyWriter.FlushAsync();
        return flush.IsCompletedSuccessfully ? ValueTask.FromResult(!flush.Result.IsCompleted) : WaitAsync(response, flush, waiting);
    }

    /// <summary>Writes and sends the end of an answer, however large it is.</summary>
    /// <param name="response">Where to.</param>
    /// <param name="bytes">What is written.</param>
    /// <param name="end">What is written behind it.</param>
    /// <param name="isEvent">True: it is the data of an event, so every line break in it begins a field.</param>
    /// <returns>False: the client is gone, or was cut because it does not read.</returns>
    public ValueTask<bool> WriteAsync(HttpResponse response, ReadOnlyMemory<byte> bytes, ReadOnlyMemory<byte> end = default, bool isEvent = false)
    {
        if (bytes.Length > WholeBytes) return WritePiecesAsync(response, bytes, end, isEvent);
        var output = response.BodyWriter;
        Put(output, bytes.Span, isEvent);
        output.Write(end.Span);
        return FlushAsync(response, 2 * bytes.Length);
    }

    private async ValueTask<bool> WritePiecesAsync(HttpResponse response, ReadOnlyMemory<byte> bytes, ReadOnlyMemory<byte> end, bool isEvent)
    {
        while (bytes.Length > WholeBytes)
        {
            Put(response.BodyWriter, bytes.Span[..PieceBytes], isEvent);
            if (!await FlushAsync(response, PieceBytes)) return false;
            bytes = bytes[PieceBytes..];
        }

        return await WriteAsync(response, bytes, end, isEvent);
    }

    private static void Put(PipeWriter output, ReadOnlySpan<byte> bytes, bool isEvent)
    {
        if (isEvent) SseWriter.WriteData(output, bytes);
        else output.Write(bytes);
    }

    private async ValueTask<bool> WaitAsync(HttpResponse response, ValueTask<FlushResult> flush, int waiting)
    {
        if (!Budget.TryTake(waiting))
        {
            response.HttpContext.Abort();
            return false;
        }

        var reader = _slow.Add(response.HttpContext);
        try { return !(await flush).IsCompleted; }
        catch (Exception gone) when (gone is IOException or OperationCanceledException or ObjectDisposedException) { return false; }
        finally
        {
            _slow.Remove(reader);
            Budget.Give(waiting);
        }
    }
}
