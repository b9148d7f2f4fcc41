using McpRegistry.Api.Docs;
using McpRegistry.Api.Json;
using McpRegistry.Api.Problems;
using McpRegistry.Core.Health;
using McpRegistry.Core.State;

namespace McpRegistry.Api.Health;

internal static class HealthEndpoints
{
    public static void MapHealth(this IEndpointRouteBuilder api)
    {
        var health = api.MapGroup("/services/{name}/health").WithTags("Health");
        health.MapGet("/", Get).WithName("service_health").WithSummary("How a service and its instances are")
            .Produces<ServiceHealthModel>().ProducesProblems(404);
        health.MapPost("/check", CheckAsync).WithName("check_health").WithSummary("Probe every instance now and show the verdicts")
            .Produces<ServiceHealthModel>().ProducesProblems(404);
    }

    private static IResult Get(string name, RegistryState state) => state.Current.Services.TryGetValue(name, out var service)
        ? TypedResults.Json(ServiceHealthModel.Of(service), RestJson.Default.ServiceHealthModel)
        : new ProblemResult(RegistryProblems.Unknown(name));

    private static async Task<IResult> CheckAsync(string name, RegistryState state, IHealthChecker checker, CancellationToken cancellationToken) =>
        await checker.CheckNowAsync(name, cancellationToken) ? Get(name, state) : new ProblemResult(RegistryProblems.Unknown(name));
}
