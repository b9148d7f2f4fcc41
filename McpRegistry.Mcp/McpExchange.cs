using System.Buffers;
using System.IO.Pipelines;

using McpRegistry.Core.Json;
using McpRegistry.Core.Upstream;
using McpRegistry.Mcp.Clients;

namespace McpRegistry.Mcp;

/// <summary>One request of a client and the way back for its answer.</summary>
internal sealed class McpExchange(HttpContext http, JsonRpcMessage message, McpScope scope, ProtocolEra era, ClientWriter clients)
{
    public HttpContext Http => http;

    public JsonRpcMessage Message => message;

    public McpScope Scope => scope;

    /// <summary>The era the client speaks.</summary>
    public ProtocolEra Era => era;

    /// <summary>The session of a legacy client.</summary>
    public LegacySession? Session { get; init; }

    /// <summary>The entry among the calls of the session. Null: the client is a modern one.</summary>
    public InFlightCalls.Call? InFlight { get; set; }

    /// <summary>The params as they may go upstream: without a wish for a task, which nobody here could look after.</summary>
    public RequestParams Params => field ??= TaskWish.Without(message.Params);

    /// <summary>Ends the work: a legacy client says so, a modern one hangs up.</summary>
    public CancellationToken Cancelled { get; set; }

    /// <summary>Where notifications of this request go. Null: the client asked for none.</summary>
    public ResponseStream? Stream { get; set; }

    /// <summary><c>params.name</c>, or <c>params.uri</c> of <c>resources/read</c>. Null: it is not there or no string.</summary>
    public string? Target => field ??= message.Params.String(message.Method == "resources/read" ? "uri"u8 : "name"u8);

    /// <summary>Answers with a result that is ready for this client's era.</summary>
    public Task AnswerAsync(ReadOnlyMemory<byte> result) => WriteAsync(StatusCodes.Status200OK, EnvelopeParts.Result, default, result);

    /// <summary>Answers with a result of our own, written for legacy clients; modern ones want more in it.</summary>
    public Task AnswerOwnAsync(ReadOnlyMemory<byte> result) =>
        era == ProtocolEra.Legacy ? AnswerAsync(result) : AnswerSplicedAsync(EnvelopeParts.OwnModernMembers, result);

    /// <summary>Answers with <paramref name="members"/> put in front of the members of <paramref name="result"/>.</summary>
    public Task AnswerSplicedAsync(ReadOnlyMemory<byte> members, ReadOnlyMemory<byte> result) =>
        WriteAsync(StatusCodes.Status200OK, EnvelopeParts.Result, members, result);

    public Task FailAsync(RpcError error)
    {
        var status = era == ProtocolEra.Legacy ? StatusCodes.Status200OK
            : error.IsBadRequest ? StatusCodes.Status400BadRequest
            : RpcError.ModernStatus(error.Code);
        return WriteAsync(status, EnvelopeParts.Error, default, error.ToJson());
    }

    /// <summary>Answers with an upstream's own error, byte for byte.</summary>
    public Task PassErrorAsync(ReadOnlyMemory<byte> error)
    {
        var status = era == ProtocolEra.Legacy ? StatusCodes.Status200OK : RpcError.ModernStatus(JsonRpcErrors.CodeOf(error.Span) ?? 0);
        return WriteAsync(status, EnvelopeParts.Error, default, error);
    }

    private Task WriteAsync(int status, ReadOnlyMemory<byte> member, ReadOnlyMemory<byte> spliced, ReadOnlyMemory<byte> value)
    {
        var answer = new AnswerEnvelope(message.Id, member, spliced, value);
        return Stream is null ? WriteWholeAsync(status, answer) : EndStreamAsync(Stream, status, answer);
    }

    private Task WriteWholeAsync(int status, in AnswerEnvelope answer)
    {
        var response = http.Response;
        response.StatusCode = status;
        response.ContentType = "application/json";
        response.ContentLength = answer.Length;
        // Started first, the writer hands out the connection's own memory instead of a buffer to be copied.
        var started = response.StartAsync();
        return started.IsCompletedSuccessfully ? WriteBodyAsync(response, answer) : WriteBodyLaterAsync(started, response, answer);
    }

    private async Task WriteBodyLaterAsync(Task started, HttpResponse response, AnswerEnvelope answer)
    {
        await started;
        await WriteBodyAsync(response, answer);
    }

    private Task WriteBodyAsync(HttpResponse response, in AnswerEnvelope answer)
    {
        var output = response.BodyWriter;
        if (answer.Length <= OnePiece)
        {
            // The end of the request sends it.
            answer.CopyTo(output.GetSpan(answer.Length));
            output.Advance(answer.Length);
            return Task.CompletedTask;
        }

        WriteBegin(output, answer);
        if (answer.Rest.Length > ClientWriter.SmallBytes) return clients.WriteAsync(response, answer.Rest, EnvelopeParts.End).AsTask();
        output.Write(answer.Rest.Span);
        output.Write(EnvelopeParts.End.Span);
        return Task.CompletedTask;
    }

    // Where nothing was sent yet it is no stream.
    private async Task EndStreamAsync(ResponseStream stream, int status, AnswerEnvelope answer)
    {
        if (!await stream.StopAsync())
        {
            await WriteWholeAsync(status, answer);
            return;
        }

        var output = http.Response.BodyWriter;
        output.Write(SseWriter.Start);
        WriteBegin(output, answer);
        await clients.WriteAsync(http.Response, answer.Rest, EnvelopeParts.EventEnd, isEvent: true);
    }

    private static void WriteBegin(PipeWriter output, in AnswerEnvelope answer)
    {
        answer.CopyBeginTo(output.GetSpan(answer.BeginLength));
        output.Advance(answer.BeginLength);
    }

    // Each piece costs the server's writer a lock; what fits well into a block of its memory is copied there at once.
    private const int OnePiece = 2048;
}
