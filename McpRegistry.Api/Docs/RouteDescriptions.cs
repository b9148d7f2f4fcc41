using System.Text.Json.Nodes;

using McpRegistry.Api.Problems;

using Microsoft.OpenApi;

namespace McpRegistry.Api.Docs;

/// <summary>What routes that read their bodies themselves say of them in the OpenAPI document. Nothing of it is there when a request comes.</summary>
internal static class RouteDescriptions
{
    /// <summary>The body a route takes.</summary>
    public static RouteHandlerBuilder WithRequest<T>(this RouteHandlerBuilder route, string example) =>
        route.AddOpenApiOperationTransformer(async (operation, context, cancellationToken) =>
            operation.RequestBody = new OpenApiRequestBody
            {
                Content = new Dictionary<string, OpenApiMediaType>
                {
                    ["application/json"] = new OpenApiMediaType
                    {
                        Schema = await context.GetOrCreateSchemaAsync(typeof(T), null, cancellationToken),
                        Example = JsonNode.Parse(example),
                    },
                },
            });

    /// <summary>The good answer of a route.</summary>
    public static RouteHandlerBuilder WithResult<T>(this RouteHandlerBuilder route, string example) =>
        route.Produces<T>().AddOpenApiOperationTransformer((operation, _, _) =>
        {
            if (operation.Responses?["200"].Content is { } content && content.TryGetValue("application/json", out var answer))
                answer.Example = JsonNode.Parse(example);
            return Task.CompletedTask;
        });

    /// <summary>The problems a route may answer with.</summary>
    public static RouteHandlerBuilder ProducesProblems(this RouteHandlerBuilder route, params ReadOnlySpan<int> statuses)
    {
        foreach (var status in statuses) route.Produces<ProblemBody>(status, ProblemMap.ContentType);
        return route;
    }
}
