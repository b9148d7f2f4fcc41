using McpRegistry.Api.Problems;
using McpRegistry.Core.Buffers;
using McpRegistry.Core.Calls;

namespace McpRegistry.Api.Hosting;

/// <summary>The last line: whatever goes wrong below leaves as a problem without a word about the inside.</summary>
internal sealed partial class ProblemBoundary(ILogger<ProblemBoundary> logger)
{
    public RequestDelegate Wrap(RequestDelegate next) => context => GuardAsync(next, context);

    private async Task GuardAsync(RequestDelegate next, HttpContext context)
    {
        try
        {
            await next(context);
            if (context.Response is { HasStarted: false, StatusCode: 404 or 405 or 415 } response && context.Request.Path.StartsWithSegments("/api"))
                await ProblemMap.WriteAsync(context, BareStatus(response.StatusCode));
        }
        catch (BadHttpRequestException exception) when (!context.Response.HasStarted)
        {
            await ProblemMap.WriteAsync(context, BareStatus(exception.StatusCode));
        }
        catch (NoRoomException) when (!context.Response.HasStarted)
        {
            await ProblemMap.WriteAsync(context, new Problem(ErrorCode.Overloaded) { Detail = "Too many large messages are on their way.", MaybeExecuted = false, RetryAfter = TimeSpan.FromSeconds(1) });
        }
        catch (OperationCanceledException) when (context.RequestAborted.IsCancellationRequested)
        {
            // The client is gone; nobody reads an answer.
        }
        catch (Exception exception) when (!context.RequestAborted.IsCancellationRequested)
        {
            LogUnexpected(exception, context.Request.Method, context.Request.Path.Value ?? "");
            if (context.Response.HasStarted) context.Abort();
            else await ProblemMap.WriteAsync(context, new Problem(null) { Status = 500 });
        }
    }

    private static Problem BareStatus(int status) => new(ErrorCode.InvalidArguments)
    {
        Status = status,
        Detail = status switch
        {
            404 => "There is no such route.",
            405 => "The route does not take this method.",
            408 => "The body came too slowly.",
            413 => "The body is larger than allowed.",
            415 => "The body must be application/json.",
            _ => null,
        },
    };
}
