using System.Text.Json;

using McpRegistry.Api.Docs;
using McpRegistry.Api.Json;
using McpRegistry.Api.Problems;
using McpRegistry.Core.Catalog;
using McpRegistry.Core.State;

namespace McpRegistry.Api.Tools;

internal static class ToolEndpoints
{
    // The whole list is written once for each catalog.
    private const string Everything = "GET /api/tools";

    public static void MapTools(this IEndpointRouteBuilder api)
    {
        api.MapGet("/tools", Search).WithTags("Tools").WithName("list_tools").WithSummary("All tools, or those that fit")
            .WithDescription("q: words that must all stand in a tool's name, service or description. service: only of this service.")
            .Produces<ToolListModel>().ProducesProblems(404);
        api.MapGet("/services/{name}/tools", OfService).WithTags("Tools").WithName("list_service_tools").WithSummary("The tools of one service")
            .Produces<ToolListModel>().ProducesProblems(404);
    }

    private static IResult Search(RegistryState state, string? q = null, string? service = null)
    {
        var snapshot = state.Current;
        if (!string.IsNullOrEmpty(service) && !snapshot.Services.ContainsKey(service)) return new ProblemResult(RegistryProblems.Unknown(service));
        var words = (q ?? "").Split(' ', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries);
        if (words.Length == 0 && string.IsNullOrEmpty(service)) return new JsonBytes(snapshot.Catalog.Render(Everything, static (catalog, _) => Write(catalog.Tools, catalog.Degraded)));
        var tools = snapshot.Catalog.Tools
            .Where(tool => string.IsNullOrEmpty(service) || tool.Service == service)
            .Where(tool => words.All(word => Has(tool, word)));
        return Json(tools, snapshot.Catalog.Degraded.Where(name => string.IsNullOrEmpty(service) || name == service));
    }

    private static IResult OfService(string name, RegistryState state)
    {
        if (!state.Current.Services.TryGetValue(name, out var service)) return new ProblemResult(RegistryProblems.Unknown(name));
        return Json(service.Catalog.Tools, service.Condition == ServiceCondition.Ready ? [] : [name]);
    }

    private static bool Has(CatalogEntry tool, string word) =>
        tool.ExposedName.Contains(word, StringComparison.OrdinalIgnoreCase)
        || (tool.Description?.Contains(word, StringComparison.OrdinalIgnoreCase) ?? false);

    private static JsonBytes Json(IEnumerable<CatalogEntry> tools, IEnumerable<string> degraded) => new(Write(tools, degraded));

    private static byte[] Write(IEnumerable<CatalogEntry> tools, IEnumerable<string> degraded) =>
        JsonSerializer.SerializeToUtf8Bytes(new ToolListModel([.. tools.Select(ToolDefinition.Of)], [.. degraded]), RestJson.Default.ToolListModel);
}
