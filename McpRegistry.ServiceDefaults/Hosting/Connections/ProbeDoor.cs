using Microsoft.AspNetCore.Connections;
using Microsoft.AspNetCore.Http;

namespace McpRegistry.ServiceDefaults.Hosting.Connections;

/// <summary>
/// The own door of the probes: a connection that found no place may still ask for the health of the process. Without it one client that
/// uses up all connections would have an orchestrator kill a process that is well.
/// </summary>
internal static class ProbeDoor
{
    /// <summary>How many may be at it at once.</summary>
    public const int Places = 64;

    private static int _guests;

    /// <summary>A connection comes in by this door.</summary>
    public static void Enter(ConnectionContext connection)
    {
        Interlocked.Increment(ref _guests);
        connection.Features.Set(new AtProbeDoor());
    }

    /// <summary>It has ended.</summary>
    public static void Leave() => Interlocked.Decrement(ref _guests);

    public static RequestDelegate Wrap(RequestDelegate next) => context =>
    {
        // Nearly always nobody is at the door, and then no request is asked for its connection.
        if (Volatile.Read(ref _guests) == 0 || context.Features.Get<AtProbeDoor>() is null) return next(context);
        context.Response.Headers.Connection = "close";
        if (context.Request.Path.StartsWithSegments(HealthEndpoints.Path)) return next(context);
        context.Response.StatusCode = StatusCodes.Status503ServiceUnavailable;
        context.Response.Headers.RetryAfter = "1";
        context.Response.ContentType = "text/plain";
        return context.Response.WriteAsync("Too many connections are open.");
    };
}

/// <summary>The mark of a connection that came in by <see cref="ProbeDoor"/>.</summary>
internal sealed class AtProbeDoor;
