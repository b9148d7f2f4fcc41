using McpRegistry.Api.Json;

using Microsoft.OpenApi;

using Scalar.AspNetCore;

namespace McpRegistry.Api.Docs;

/// <summary>The OpenAPI document and the page to read and try it.</summary>
internal static class DocsExtensions
{
    public const string Page = "/docs";
    private const string Document = "/openapi/v1.json";

    public static WebApplicationBuilder AddDocs(this WebApplicationBuilder builder)
    {
        builder.Services.ConfigureHttpJsonOptions(json =>
        {
            json.SerializerOptions.PropertyNamingPolicy = System.Text.Json.JsonNamingPolicy.SnakeCaseLower;
            json.SerializerOptions.TypeInfoResolverChain.Insert(0, ProblemJson.Default);
            json.SerializerOptions.TypeInfoResolverChain.Insert(0, RestJson.Default);
        });
        builder.Services.AddOpenApi("v1", options =>
        {
            options.CreateSchemaReferenceId = type => SchemaName(Microsoft.AspNetCore.OpenApi.OpenApiOptions.CreateDefaultSchemaReferenceId(type));
            options.AddOperationTransformer((operation, context, _) =>
            {
                DescribePath(operation, context.Description.RelativePath ?? "");
                return Task.CompletedTask;
            });
            options.AddDocumentTransformer((document, _, _) =>
            {
                document.Info = new OpenApiInfo
                {
                    Title = "McpRegistry",
                    Version = "v1",
                    Description = "The registry and gateway for MCP servers. The same tools are at /mcp for MCP clients.",
                };
                // Whatever name the page was opened under is the one to try calls with.
                document.Servers = [new OpenApiServer { Url = "/" }];
                return Task.CompletedTask;
            });
        });
        return builder;
    }

    public static WebApplication MapDocs(this WebApplication app)
    {
        app.MapOpenApi();
        app.MapGet("/", () => TypedResults.Redirect(Page + "/")).ExcludeFromDescription();
        app.MapGroup("").AddEndpointFilter(DocsPagePolicy.ApplyAsync).MapScalarApiReference(Page, options =>
        {
            // Its buttons lead to services of the page's maker.
            options.ShowDeveloperTools = DeveloperToolsVisibility.Never;
            options
                .WithTitle("McpRegistry")
                .WithOpenApiRoutePattern(Document)
                .WithNonce()
                .DisableTelemetry()
                .DisableAgent()
                .DisableDefaultFonts();
        });
        return app;
    }

    private static string? SchemaName(string? name) =>
        name is null ? null
        : name.EndsWith("Model", StringComparison.Ordinal) ? name[..^"Model".Length]
        : name.EndsWith("Body", StringComparison.Ordinal) ? name[..^"Body".Length]
        : name;

    // Routes without parameters in their method show none; the path has them.
    private static void DescribePath(OpenApiOperation operation, string path)
    {
        operation.Parameters ??= [];
        foreach (var segment in path.Split('/'))
        {
            if (segment is not ['{', .. var name, '}'] || operation.Parameters.Any(one => one.Name == name)) continue;
            operation.Parameters.Add(new OpenApiParameter { Name = name, In = ParameterLocation.Path, Required = true, Schema = new OpenApiSchema { Type = JsonSchemaType.String } });
        }
    }
}
