using System.Globalization;

using McpRegistry.Api.Problems;
using McpRegistry.Core.Calls;
using McpRegistry.Core.Json;
using McpRegistry.Core.Upstream;
using McpRegistry.Mcp.Clients;

namespace McpRegistry.Api.Calls;

/// <summary>The answer to a tool call: the result's bytes, or a problem.</summary>
internal static class CallAnswer
{
    private static readonly string[] SmallNumbers = ["0", "1", "2", "3"];

    public static Task WriteAsync(HttpContext context, CallOutcome outcome, ClientWriter clients)
    {
        var headers = context.Response.Headers;
        if (outcome.InstanceId is not null) headers["X-Mcp-Instance"] = outcome.InstanceId;
        headers["X-Mcp-Attempts"] = outcome.Attempts < SmallNumbers.Length ? SmallNumbers[outcome.Attempts] : outcome.Attempts.ToString(CultureInfo.InvariantCulture);

        if (outcome.Reply is { IsError: false } reply) return WriteResultAsync(context, reply.Result, clients);
        // The client went away by itself; there is nobody to tell.
        if (context.RequestAborted.IsCancellationRequested) return Task.CompletedTask;
        return ProblemMap.WriteAsync(context, outcome.Reply is { } error ? OfUpstreamError(outcome, error) : ProblemMap.Of(outcome));
    }

    public static Task WriteUnsupportedAsync(HttpContext context) =>
        ProblemMap.WriteAsync(context, new Problem(ErrorCode.InvalidArguments) { Status = 415, Detail = "The body must be application/json." });

    private static Task WriteResultAsync(HttpContext context, ReadOnlyMemory<byte> result, ClientWriter clients)
    {
        var response = context.Response;
        response.ContentType = "application/json";
        response.ContentLength = result.Length;
        if (result.Length > ClientWriter.SmallBytes) return clients.WriteAsync(response, result).AsTask();
        var written = response.BodyWriter.WriteAsync(result, context.RequestAborted);
        if (!written.IsCompletedSuccessfully) return written.AsTask();
        _ = written.Result;
        return Task.CompletedTask;
    }

    // Only the number leaves: the text is the upstream's, and may hold what its log should have held.
    private static Problem OfUpstreamError(CallOutcome outcome, UpstreamReply reply)
    {
        if (outcome.IsOfReplica && ReplicaError.Read(outcome, reply.Error) is { } own) return own;
        var number = JsonRpcErrors.CodeOf(reply.Error.Span);
        var code = number switch
        {
            -32601 => ErrorCode.UnknownTool,
            -32602 => ErrorCode.InvalidArguments,
            _ => ErrorCode.UpstreamFailed,
        };
        return ProblemMap.Of(outcome) with
        {
            Code = code,
            Detail = code == ErrorCode.UpstreamFailed ? "The service answered with an error." : null,
            // It answered; how far it had come, whatever number it gives, it alone knows.
            MaybeExecuted = true,
            UpstreamCode = number,
        };
    }
}
