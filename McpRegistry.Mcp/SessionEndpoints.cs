using McpRegistry.Core.Calls;
using McpRegistry.Mcp.Clients;

using Microsoft.Extensions.Options;

namespace McpRegistry.Mcp;

/// <summary>GET opens a stream of a legacy session, DELETE ends the session. The modern era has neither.</summary>
internal sealed class SessionEndpoints(
    LegacySessions sessions, ISessionSharing sharing, IOptions<McpOptions> options, TimeProvider time, StreamLimit limit, IHostApplicationLifetime lifetime, ClientWriter clients)
{
    /// <summary>Told without the id of the request: whoever answers a request by its id has had it, and a gateway in front of this one would take that for the answer.</summary>
    public static RpcError UnknownSession { get; } = new(RpcError.SessionNotFound, "Session not found; initialize again.");

    public async Task GetAsync(HttpContext http, string? service)
    {
        if (await FindAsync(http, service) is not { } session) return;
        if (!AcceptHeader.AllowsEvents(http.Request))
        {
            await McpErrors.RefuseAsync(http, StatusCodes.Status406NotAcceptable, new RpcError(RpcError.InvalidRequest, "The client must accept text/event-stream."));
            return;
        }

        if (lifetime.ApplicationStopping.IsCancellationRequested)
        {
            await McpErrors.RefuseAsync(http, StatusCodes.Status503ServiceUnavailable, McpErrors.Of(ErrorCode.Draining));
            return;
        }

        var stream = new EventStream(options.Value, time, clients, ListChangedMessages.Of);
        using var place = limit.TryEnter(http, stream);
        if (place is null) await McpErrors.RefuseAsync(http, StatusCodes.Status503ServiceUnavailable, McpErrors.Of(ErrorCode.Overloaded, "Too many streams are open."));
        else await StreamAsync(http, session, stream);
    }

    public async Task DeleteAsync(HttpContext http, string? service)
    {
        if (await FindAsync(http, service) is not { } session) return;
        sessions.Close(session);
        await sharing.ForgetAsync(session);
        http.Response.StatusCode = StatusCodes.Status204NoContent;
    }

    private async Task StreamAsync(HttpContext http, LegacySession session, EventStream stream)
    {
        if (!session.Attach(stream))
        {
            await McpErrors.RefuseAsync(http, StatusCodes.Status404NotFound, UnknownSession);
            return;
        }

        try
        {
            await using var stopping = lifetime.ApplicationStopping.Register(stream.End);
            await stream.RunAsync(http);
        }
        finally { session.Detach(stream); }
    }

    private async Task<LegacySession?> FindAsync(HttpContext http, string? service)
    {
        if (OneValue.Of(http.Request.Headers[McpHeaders.SessionId]) is not { } id)
        {
            http.Response.Headers.Allow = "POST";
            await McpErrors.RefuseAsync(http, StatusCodes.Status405MethodNotAllowed, new RpcError(RpcError.InvalidRequest, "Only a session has streams."));
            return null;
        }

        var named = http.Request.Headers[McpHeaders.ProtocolVersion];
        if (named.Count > 0 && !(OneValue.Of(named) is { } version && McpVersions.IsLegacy(version)))
        {
            await McpErrors.RefuseAsync(http, StatusCodes.Status400BadRequest, McpErrors.UnsupportedVersion(named.ToString()));
            return null;
        }

        return sessions.Find(id, service, CallerName.Of(http)) ?? await sharing.ReachAsync(new AwayRequest(http, id, service, clients));
    }
}
