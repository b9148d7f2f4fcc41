using System.Diagnostics;
using System.Globalization;

using McpRegistry.Api.Json;
using McpRegistry.Core.Calls;

namespace McpRegistry.Api.Problems;

/// <summary>The one place where a problem becomes an HTTP answer.</summary>
internal static class ProblemMap
{
    public const string ContentType = "application/problem+json";

    public static async Task WriteAsync(HttpContext context, Problem problem)
    {
        var body = BodyOf(problem, context);
        var response = context.Response;
        response.StatusCode = body.Status;
        if (problem.RetryAfter is { } wait) response.Headers.RetryAfter = Math.Max(1, (long)Math.Ceiling(wait.TotalSeconds)).ToString(CultureInfo.InvariantCulture);
        await response.WriteAsJsonAsync(body, ProblemJson.Default.ProblemBody, ContentType, context.RequestAborted);
    }

    /// <summary>The problem of a call that got no answer.</summary>
    public static Problem Of(CallOutcome outcome) => new(outcome.Failure)
    {
        Detail = outcome.Detail,
        Service = outcome.Service,
        InstanceId = outcome.InstanceId,
        Attempts = outcome.Attempts,
        MaybeExecuted = outcome.MaybeExecuted,
        RetryAfter = outcome.RetryAfter,
    };

    private static ProblemBody BodyOf(Problem problem, HttpContext context)
    {
        var status = problem.Status ?? problem.Code?.HttpStatus() ?? StatusCodes.Status500InternalServerError;
        return new ProblemBody
        {
            Title = problem.Code is { } code ? TitleOf(code, status) : "The gateway failed",
            Status = status,
            Detail = problem.Detail ?? problem.Code?.Sentence() ?? "Something went wrong inside the gateway; its log has the detail under this trace_id.",
            Code = problem.Code?.WireName(),
            Service = problem.Service,
            Instance = problem.InstanceId,
            Attempts = problem.Attempts,
            MaybeExecuted = problem.MaybeExecuted,
            RetryAfterMs = problem.RetryAfter is { } wait ? (long)wait.TotalMilliseconds : null,
            UpstreamCode = problem.UpstreamCode,
            Errors = problem.Errors.IsDefaultOrEmpty ? null : [.. problem.Errors.Select(one => new FieldErrorBody(one.Field, one.Message))],
            TraceId = Activity.Current?.TraceId.ToHexString() ?? context.TraceIdentifier,
        };
    }

    private static string TitleOf(ErrorCode code, int status) => status switch
    {
        409 => "Conflict",
        413 => "Too large",
        415 => "Unsupported media type",
        _ => char.ToUpperInvariant(code.WireName()[0]) + code.WireName()[1..].Replace('_', ' '),
    };
}
