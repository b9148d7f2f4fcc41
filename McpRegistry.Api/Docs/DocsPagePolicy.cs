using Scalar.AspNetCore;

namespace McpRegistry.Api.Docs;

/// <summary>What the docs page may do in a browser: run its own script, talk to this origin, and nothing else.</summary>
internal static class DocsPagePolicy
{
    /// <summary>Lets the page be made, and puts the policy with the page's own nonce on it.</summary>
    public static async ValueTask<object?> ApplyAsync(EndpointFilterInvocationContext invocation, EndpointFilterDelegate next)
    {
        var context = invocation.HttpContext;
        // The page's script is large and changes with the program only.
        context.Response.Headers.CacheControl = default;
        context.Response.OnStarting(() =>
        {
            var headers = context.Response.Headers;
            headers.XContentTypeOptions = "nosniff";
            headers["Referrer-Policy"] = "no-referrer";
            if (context.Items[ScalarOptions.NonceHttpContextItemKey] is string nonce) headers.ContentSecurityPolicy = PolicyWith(nonce);
            return Task.CompletedTask;
        });
        return await next(invocation);
    }

    // Styles are inline because the page's script writes them; images may be data: for its icons.
    private static string PolicyWith(string nonce) =>
        $"default-src 'none'; script-src 'self' 'nonce-{nonce}'; style-src 'self' 'unsafe-inline'; img-src 'self' data:; font-src 'self' data:; "
        + "connect-src 'self'; worker-src 'self' blob:; base-uri 'none'; form-action 'none'; frame-ancestors 'none'";
}
