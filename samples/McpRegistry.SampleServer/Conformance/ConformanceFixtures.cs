using System.Text.Json;
using ModelContextProtocol.Protocol;
using ModelContextProtocol.Server;

namespace McpRegistry.SampleServer.Conformance;

/// <summary>The tools, prompts and resources that the MCP conformance suite looks for, under the names it looks for.</summary>
internal static class ConformanceFixtures
{
    private static readonly TimeSpan Freshness = TimeSpan.FromMinutes(5);

    public static IMcpServerBuilder AddConformanceFixtures(this IMcpServerBuilder builder) => builder
        .WithTools<ContentTools>()
        .WithTools<StreamingTools>()
        .WithTools<ClientRequestTools>()
        .WithTools<ModernTools>()
        .WithTools<InputRequiredTools>()
        .WithTools<InputRequiredStateTools>()
        .WithTools([SchemaTool()])
        .WithPrompts<ConformancePrompts>()
        .WithResources<ConformanceResources>()
        .WithSubscribeToResourcesHandler((_, _) => ValueTask.FromResult(new EmptyResult()))
        .WithUnsubscribeFromResourcesHandler((_, _) => ValueTask.FromResult(new EmptyResult()))
        .WithRequestFilters(filters => filters
            .AddListToolsFilter(next => async (request, cancellationToken) => Shared(await next(request, cancellationToken)))
            .AddListPromptsFilter(next => async (request, cancellationToken) => Shared(await next(request, cancellationToken)))
            .AddListResourcesFilter(next => async (request, cancellationToken) => Shared(await next(request, cancellationToken)))
            .AddListResourceTemplatesFilter(next => async (request, cancellationToken) => Shared(await next(request, cancellationToken)))
            .AddReadResourceFilter(next => async (request, cancellationToken) => Shared(await next(request, cancellationToken))));

    /// <summary>Keeps the events of legacy streams, so that a client may come back for what it missed.</summary>
    public static void AddResumableStreams(this IMcpServerBuilder builder)
    {
        builder.Services.AddDistributedMemoryCache();
        builder.WithDistributedCacheEventStreamStore();
    }

    // Nothing here depends on who asks, so a shared cache may keep it.
    private static T Shared<T>(T result)
        where T : ICacheableResult
    {
        result.TimeToLive = Freshness;
        result.CacheScope = CacheScope.Public;
        return result;
    }

    // Written out, because the point is that keywords which no type of .NET produces survive the way to the client.
    private static McpServerTool SchemaTool()
    {
        var tool = McpServerTool.Create(
            () => "ok",
            new McpServerToolCreateOptions { Name = "json_schema_2020_12_tool", Description = "Has a schema with keywords of JSON Schema 2020-12." });
        tool.ProtocolTool.InputSchema = JsonElement.Parse(
            """
            {
              "$schema": "https://json-schema.org/draft/2020-12/schema",
              "type": "object",
              "$defs": {
                "address": {
                  "$anchor": "addressDef",
                  "type": "object",
                  "properties": { "street": { "type": "string" }, "city": { "type": "string" } }
                }
              },
              "properties": {
                "name": { "type": "string" },
                "address": { "$ref": "#/$defs/address" },
                "contactMethod": { "type": "string", "enum": ["phone", "email"] },
                "phone": { "type": "string" },
                "email": { "type": "string" }
              },
              "allOf": [{ "anyOf": [{ "required": ["phone"] }, { "required": ["email"] }] }],
              "if": { "properties": { "contactMethod": { "const": "phone" } }, "required": ["contactMethod"] },
              "then": { "required": ["phone"] },
              "else": { "required": ["email"] },
              "additionalProperties": false
            }
            """);
        return tool;
    }
}
