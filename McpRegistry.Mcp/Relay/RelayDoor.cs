using McpRegistry.Core.Cluster.Relaying;

using Microsoft.Extensions.DependencyInjection.Extensions;

namespace McpRegistry.Mcp.Relay;

/// <summary>
/// Stands before everything that reads a request: a mark that another replica made becomes a feature of the request
/// (<see cref="RelayClaims"/>), any other is dropped, and so is everything else that begins with <c>Mcp-Registry-</c> beside a mark. Nothing
/// behind the door reads the headers.
/// </summary>
internal sealed partial class RelayDoor(ILogger<RelayDoor> log, RelaySeal? seal = null)
{
    private const string OwnPrefix = "Mcp-Registry-";
    private const string Misused = "The request was passed on by another replica, but not now, or not as it is. The clocks of all replicas must agree within 30 s.";
    private const string Misdirected = "The request was passed on to another replica than this one.";

    /// <summary>The door in front of what follows. Without a mark it costs one look.</summary>
    public RequestDelegate Wrap(RequestDelegate next) => http => http.Request.Headers.TryGetValue(RelaySeal.Header, out var mark) ? ExamineAsync(http, OneValue.Of(mark), next) : next(http);

    private Task ExamineAsync(HttpContext http, string? mark, RequestDelegate next)
    {
        var request = http.Request;
        foreach (var name in request.Headers.Keys.Where(name => name.StartsWith(OwnPrefix, StringComparison.OrdinalIgnoreCase)).ToArray()) request.Headers.Remove(name);
        if (mark is null || seal is null || !request.Path.StartsWithSegments("/mcp")) return next(http);
        var standing = seal.Judge(mark, new RelayedMessage(request.Method, RelayTarget.Of(request), request.Headers[McpHeaders.SessionId].ToString()), out var claims);
        if (standing == RelayStanding.Misdirected)
            return McpErrors.RefuseAsync(http, StatusCodes.Status421MisdirectedRequest, new RpcError(RpcError.InvalidRequest, Misdirected));
        if (standing == RelayStanding.Misused)
        {
            LogMisused(log);
            return RefuseAsync(http);
        }
        if (standing == RelayStanding.Good) http.Features.Set(claims);
        return next(http);
    }

    /// <summary>Answers a request whose mark does not fit. Nothing was done.</summary>
    public static Task RefuseAsync(HttpContext http) => McpErrors.RefuseAsync(http, StatusCodes.Status403Forbidden, new RpcError(RpcError.InvalidRequest, Misused));

    [LoggerMessage(1, LogLevel.Warning, "A request that a replica passed on is refused: it came twice or too late. The clocks of all replicas must agree within 30 s", EventName = "RelayRefused")]
    private static partial void LogMisused(ILogger logger);
}

/// <summary>Puts the door up.</summary>
public static class RelayDoorExtensions
{
    /// <summary>Adds it.</summary>
    public static IServiceCollection AddRelayDoor(this IServiceCollection services)
    {
        services.TryAddSingleton<RelayDoor>();
        return services;
    }

    /// <summary>Call it before anything that reads requests. Needs <see cref="AddRelayDoor"/>.</summary>
    public static IApplicationBuilder UseRelayDoor(this IApplicationBuilder app)
    {
        // Made when the server starts: settings that make no sense have been refused by then.
        return app.Use(next => app.ApplicationServices.GetRequiredService<RelayDoor>().Wrap(next));
    }
}
