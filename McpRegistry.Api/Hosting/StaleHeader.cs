using System.Globalization;

using McpRegistry.Core.State;

namespace McpRegistry.Api.Hosting;

/// <summary>Says with each answer of the REST face for how many seconds it may lack what other gateways registered: <c>X-Registry-Stale: 12</c>.</summary>
internal sealed class StaleHeader(RegistryFreshness freshness)
{
    private const string Name = "X-Registry-Stale";

    public RequestDelegate Wrap(RequestDelegate next) => context =>
    {
        if (freshness.StaleFor is { } age && HttpMethods.IsGet(context.Request.Method) && context.Request.Path.StartsWithSegments("/api"))
            context.Response.Headers[Name] = ((long)age.TotalSeconds).ToString(CultureInfo.InvariantCulture);
        return next(context);
    };
}
