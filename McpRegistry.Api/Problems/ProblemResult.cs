namespace McpRegistry.Api.Problems;

/// <summary>A problem as the result of a route.</summary>
internal sealed class ProblemResult(Problem problem) : IResult
{
    public Task ExecuteAsync(HttpContext httpContext) => ProblemMap.WriteAsync(httpContext, problem);
}
