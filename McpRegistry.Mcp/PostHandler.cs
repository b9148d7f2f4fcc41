using System.Text.Json;

using McpRegistry.Core.Buffers;
using McpRegistry.Core.Calls;
using McpRegistry.Core.Json;
using McpRegistry.Core.State;
using McpRegistry.Mcp.Clients;
using McpRegistry.Mcp.Relay;

using Microsoft.Extensions.Options;

namespace McpRegistry.Mcp;

/// <summary>One message of a client: read once, in place, and handed to the era it is of.</summary>
internal sealed partial class PostHandler(
    RegistryState state, LegacyRequests legacy, ModernRequests modern, IOptions<McpOptions> options, ByteBudget budget, ILogger<PostHandler> log)
{
    private readonly int _maxBodyBytes = options.Value.MaxBodyBytes;

    public async Task HandleAsync(HttpContext http, string? serviceName)
    {
        var snapshot = state.Current;
        var claims = RelayedRequest.ClaimsOf(http);
        ServiceSnapshot? service = null;
        var refused =
            !IsJson(OneValue.Of(http.Request.Headers.ContentType)) ? Refused(http, StatusCodes.Status415UnsupportedMediaType, "The content type must be application/json.")
            : IsCoded(http) ? Refused(http, StatusCodes.Status415UnsupportedMediaType, "Compressed messages are not taken; send it as it is, without Content-Encoding.")
            : !AcceptHeader.AllowsJson(http.Request) ? Refused(http, StatusCodes.Status406NotAcceptable, "The client must accept application/json and text/event-stream.")
            : RelayedRequest.IsMisdirected(claims, serviceName, snapshot) ? Refused(http, StatusCodes.Status421MisdirectedRequest, "The service does not run on this replica.")
            : serviceName is not null && !snapshot.Services.TryGetValue(serviceName, out service) ? McpErrors.RefuseAsync(http, StatusCodes.Status404NotFound, McpErrors.Of(ErrorCode.UnknownService))
            : null;
        if (refused is not null)
        {
            await refused;
            return;
        }

        RequestBody? read = null;
        Task? notRead = null;
        try
        {
            read = await RequestBody.ReadAsync(http.Request, _maxBodyBytes, budget.Requests);
            if (read is null) notRead = Refused(http, StatusCodes.Status413PayloadTooLarge, "The message is too large.");
        }
        catch (NoRoomException) { notRead = RefuseForNowAsync(http); }
        if (notRead is not null)
        {
            await notRead;
            return;
        }

        using var body = read!;
        if (!RelayedRequest.IsWhole(claims, body.Bytes.Span))
        {
            await RelayDoor.RefuseAsync(http);
            return;
        }

        JsonRpcMessage message;
        try { message = JsonRpcMessage.ReadOfClient(body.Bytes); }
        catch (JsonException error)
        {
            // The reader's own exceptions are of a derived type: that is no JSON at all.
            var isJson = error.GetType() == typeof(JsonException);
            var refusal = isJson ? new RpcError(RpcError.InvalidRequest, error.Message) : new RpcError(RpcError.ParseError, "The message is not JSON.");
            await McpErrors.RefuseAsync(http, StatusCodes.Status400BadRequest, refusal, ReadableId.Of(body.Bytes));
            return;
        }

        if (LongIds.Refusal(message) is { } tooLong)
        {
            await McpErrors.RefuseAsync(http, StatusCodes.Status400BadRequest, tooLong);
            return;
        }

        try { await HandleAsync(http, message, new McpScope(snapshot, service, RelayedRequest.Is(claims))); }
        catch (JsonException error) when (!http.Response.HasStarted)
        {
            // Well formed, but deeper in it something is no text or stands twice.
            await McpErrors.RefuseAsync(http, StatusCodes.Status400BadRequest, McpErrors.InvalidParams(error.Message), IdOf(message));
        }
        catch (Exception bug) when (!http.Response.HasStarted && bug is not OperationCanceledException)
        {
            LogBug(log, bug);
            await McpErrors.RefuseAsync(http, StatusCodes.Status500InternalServerError, new RpcError(RpcError.InternalError, "The gateway failed."), IdOf(message));
        }
    }

    private Task HandleAsync(HttpContext http, JsonRpcMessage message, McpScope scope)
    {
        var named = http.Request.Headers[McpHeaders.ProtocolVersion];
        var version = OneValue.Of(named);
        if (IsModern(message, version)) return modern.HandleAsync(http, message, scope);
        return named.Count == 0 || (version is not null && McpVersions.IsLegacy(version))
            ? legacy.HandleAsync(http, message, scope)
            : McpErrors.RefuseAsync(http, StatusCodes.Status400BadRequest, McpErrors.UnsupportedVersion(named.ToString()), IdOf(message));
    }

    // What the body says of itself decides. The header alone does for a request that forgot to say it,
    // but for initialize, which belongs to the old era whatever version the client hopes for.
    private static bool IsModern(JsonRpcMessage message, string? version) =>
        !message.Params.MetaMember(MetaKeys.ProtocolVersion).IsEmpty || (version == McpVersions.Modern && message.Method != "initialize");

    // Of an answer it would name a request of ours.
    private static ReadOnlyMemory<byte> IdOf(JsonRpcMessage message) => message.Kind == JsonRpcKind.Request ? message.Id : default;

    private static Task Refused(HttpContext http, int status, string message) =>
        McpErrors.RefuseAsync(http, status, new RpcError(RpcError.InvalidRequest, message));

    private static Task RefuseForNowAsync(HttpContext http)
    {
        http.Response.Headers.RetryAfter = "1";
        return McpErrors.RefuseAsync(http, StatusCodes.Status503ServiceUnavailable, McpErrors.Of(ErrorCode.Overloaded, "Too many large messages are on their way."));
    }

    private static bool IsCoded(HttpContext http)
    {
        var coding = http.Request.Headers.ContentEncoding;
        if (coding.Count == 0 || coding == "identity") return false;
        // What we would have taken (RFC 9110, 15.5.16).
        http.Response.Headers.AcceptEncoding = "identity";
        return true;
    }

    private static bool IsJson(string? contentType) =>
        contentType is not null
        && contentType.StartsWith("application/json", StringComparison.OrdinalIgnoreCase)
        && (contentType.Length == "application/json".Length || contentType["application/json".Length] is ';' or ' ');
}
