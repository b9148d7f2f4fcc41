using McpRegistry.Api.Docs;

namespace McpRegistry.Api.Events;

internal static class EventEndpoints
{
    public static void MapEvents(this IEndpointRouteBuilder api) =>
        api.MapGet("/events", (HttpContext context, EventStream stream) => stream.ServeAsync(context)).WithTags("Events").WithName("events")
            .WithSummary("Changes of the registry as server-sent events")
            .WithDescription("Events: service_added, service_updated, service_removed, health_changed, catalog_changed, and resync when some were missed. A comment each 15 s keeps the stream open.")
            .Produces<string>(200, "text/event-stream").ProducesProblems(503);
}
