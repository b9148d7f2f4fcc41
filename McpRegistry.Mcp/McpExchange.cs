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

    private async Task WriteAsync(int status, ReadOnlyMemory<byte> member, ReadOnlyMemory<byte> spliced, ReadOnlyMemory<byte> value)
    {
        var response = http.Response;
        var isEvent = Stream is not null && await Stream.StopAsync();
        if (isEvent)
        {
            response.BodyWriter.Write(SseWriter.Start);
        }
        else
        {
            response.StatusCode = status;
            response.ContentType = "application/json";
            response.ContentLength = LengthOf(member, spliced, value);
            // Started first, the writer hands out the connection's own memory instead of a buffer to be copied.
            await response.StartAsync();
        }

        WriteBegin(response.BodyWriter, member, spliced, value);
        if (!spliced.IsEmpty) value = value[1..];
        if (isEvent)
        {
            await clients.WriteAsync(response, value, EnvelopeParts.EventEnd, isEvent);
        }
        else if (value.Length > ClientWriter.SmallBytes)
        {
            await clients.WriteAsync(response, value, EnvelopeParts.End);
        }
        else
        {
            // The end of the request sends it.
            response.BodyWriter.Write(value.Span);
            response.BodyWriter.Write(EnvelopeParts.End.Span);
        }
    }

    private int LengthOf(ReadOnlyMemory<byte> member, ReadOnlyMemory<byte> spliced, ReadOnlyMemory<byte> value)
    {
        var length = EnvelopeParts.Start.Length + message.Id.Length + member.Length + value.Length + 1;
        return spliced.IsEmpty ? length : length + spliced.Length + (EnvelopeParts.IsEmptyObject(value.Span) ? 0 : 1);
    }

    private void WriteBegin(PipeWriter output, ReadOnlyMemory<byte> member, ReadOnlyMemory<byte> spliced, ReadOnlyMemory<byte> value)
    {
        output.Write(EnvelopeParts.Start);
        output.Write(message.Id.Span);
        output.Write(member.Span);
        if (spliced.IsEmpty) return;
        output.Write("{"u8);
        output.Write(spliced.Span);
        if (!EnvelopeParts.IsEmptyObject(value.Span)) output.Write(","u8);
    }
}
