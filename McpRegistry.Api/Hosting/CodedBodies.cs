using McpRegistry.Api.Problems;
using McpRegistry.Core.Calls;

namespace McpRegistry.Api.Hosting;

/// <summary>Refuses compressed request bodies by their name (RFC 9110, 15.5.16); read as they are they would only be malformed.</summary>
internal static class CodedBodies
{
    public static RequestDelegate Wrap(RequestDelegate next) => context =>
    {
        var coding = context.Request.Headers.ContentEncoding;
        if (coding.Count == 0 || coding == "identity" || !context.Request.Path.StartsWithSegments("/api")) return next(context);
        context.Response.Headers.AcceptEncoding = "identity";
        return ProblemMap.WriteAsync(context, new Problem(ErrorCode.InvalidArguments) { Status = 415, Detail = "Compressed bodies are not taken; send it as it is, without Content-Encoding." });
    };
}
