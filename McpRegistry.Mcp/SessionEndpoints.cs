using McpRegistry.Core.Calls;

using Microsoft.Extensions.Options;

namespace McpRegistry.Mcp;

/// <summary>GET opens a stream of a legacy session, DELETE ends the session. The modern era has neither.</summary>
internal sealed class SessionEndpoints(
    LegacySessions sessions, ISessionSharing sharing, IOptions<McpOptions> options, TimeProvider time, StreamLimit limit, IHostApplicationLifetime lifetime)
{
    public static RpcError UnknownSession { get; } = new(RpcError.InvalidRequest, "There is no such session; initialize again.");

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

        if (!limit.TryEnter())
        {
            await McpErrors.RefuseAsync(http, StatusCodes.Status503ServiceUnavailable, McpErrors.Of(ErrorCode.Overloaded, "Too many streams are open."));
            return;
        }

        try { await StreamAsync(http, session); }
        finally { limit.Exit(); }
    }

    public async Task DeleteAsync(HttpContext http, string? service)
    {
        if (await FindAsync(http, service) is not { } session) return;
        sessions.Close(session);
        await sharing.ForgetAsync(session);
        http.Response.StatusCode = StatusCodes.Status204NoContent;
    }

    private async Task StreamAsync(HttpContext http, LegacySession session)
    {
        var stream = new EventStream(options.Value, time);
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
        var id = http.Request.Headers[McpHeaders.SessionId];
        if (id.Count != 1)
        {
            http.Response.Headers.Allow = "POST";
            await McpErrors.RefuseAsync(http, StatusCodes.Status405MethodNotAllowed, new RpcError(RpcError.InvalidRequest, "Only a session has streams."));
            return null;
        }

        var version = http.Request.Headers[McpHeaders.ProtocolVersion];
        if (version.Count > 0 && !McpVersions.IsLegacy(version.ToString()))
        {
            await McpErrors.RefuseAsync(http, StatusCodes.Status400BadRequest, McpErrors.UnsupportedVersion(version.ToString()));
            return null;
        }

        return sessions.Find(id[0]!, service, CallerName.Of(http)) ?? await sharing.ReachAsync(new AwayRequest(http, id[0]!, service));
    }
}
