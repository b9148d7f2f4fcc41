using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Primitives;

namespace McpRegistry.ServiceDefaults.Hosting;

/// <summary>
/// What every answer that a page could embed tells browsers: it is what its type says, it is not to be kept, and no page of another
/// origin may embed it. A listed page reads by CORS, which the last of these does not concern.
/// </summary>
internal static class AnswerHeaders
{
    public const string ResourcePolicy = "Cross-Origin-Resource-Policy";

    private static readonly StringValues NoSniff = "nosniff";
    private static readonly StringValues NoStore = "no-store";
    private static readonly StringValues SameOrigin = "same-origin";

    /// <summary>Set before anything is known of the answer, so that no way out is without them; whoever may be kept says so later.</summary>
    public static RequestDelegate Wrap(RequestDelegate next) => context =>
    {
        var headers = context.Response.Headers;
        headers.CacheControl = NoStore;
        if (!IsOfProgram(context.Request))
        {
            headers.XContentTypeOptions = NoSniff;
            headers[ResourcePolicy] = SameOrigin;
        }

        return next(context);
    };

    // Every call is such a request, and the two headers cost it more than all else at the door. What a page embeds is a GET, or a POST
    // of the three types that a form sends; a POST of JSON it can only read by CORS, and any POST of a page names its origin.
    private static bool IsOfProgram(HttpRequest request) =>
        HttpMethods.IsPost(request.Method)
        && request.Headers.Origin.Count == 0
        && request.ContentType is { } type && type.StartsWith("application/json", StringComparison.OrdinalIgnoreCase);
}
