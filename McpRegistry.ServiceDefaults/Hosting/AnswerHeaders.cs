using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Primitives;

namespace McpRegistry.ServiceDefaults.Hosting;

/// <summary>
/// What every answer tells browsers: it is what its type says, it is not to be kept, and no page of another origin may embed it. A
/// listed page reads by CORS, which the last of these does not concern.
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
        headers.XContentTypeOptions = NoSniff;
        headers.CacheControl = NoStore;
        headers[ResourcePolicy] = SameOrigin;
        return next(context);
    };
}
