using System.Collections.Immutable;

using McpRegistry.Api.Docs;
using McpRegistry.Api.Hosting;
using McpRegistry.Api.Json;
using McpRegistry.Api.Problems;
using McpRegistry.Core.Registration;
using McpRegistry.Core.State;

namespace McpRegistry.Api.Instances;

internal static class InstanceEndpoints
{
    public static void MapInstances(this IEndpointRouteBuilder api)
    {
        var instances = api.MapGroup("/services/{name}/instances").WithTags("Instances");
        instances.MapGet("/", List).WithName("list_instances").WithSummary("The running copies of a service")
            .Produces<InstanceListModel>().ProducesProblems(404);
        instances.MapPost("/", AddAsync).WithName("add_instance").WithSummary("Add an instance to an HTTP service")
            .WithRequest<NewInstanceModel>(Examples.NewInstance)
            .Produces<ServiceInstance>(201).ProducesProblems(400, 404, 409, 415, 503);
        instances.MapDelete("/{id}", RemoveAsync).WithName("remove_instance").WithSummary("Remove an instance; its calls in flight end by themselves")
            .Produces(204).ProducesProblems(404, 409, 503);
        instances.MapPost("/{id}/drain", DrainAsync).WithName("drain_instance").WithSummary("Send an instance no new calls, or send it calls again")
            .WithRequest<DrainModel>(Examples.Drain)
            .Produces<ServiceInstance>().Produces(204).ProducesProblems(400, 404, 415);
    }

    private static IResult List(string name, RegistryState state) => state.Current.Services.TryGetValue(name, out var service)
        ? TypedResults.Json(new InstanceListModel([.. service.Instances.Select(one => ServiceInstance.Of(service, one))]), RestJson.Default.InstanceListModel)
        : new ProblemResult(RegistryProblems.Unknown(name));

    private static async Task<IResult> AddAsync(string name, HttpContext context, RegistryState state, IServiceRegistry registry)
    {
        var (body, problem) = await SmallJsonBody.ReadAsync(context, "base_url");
        if (body is null) return new ProblemResult(problem!);
        if (!body.TryGetText("base_url", out var text) || !Uri.TryCreate(text, UriKind.Absolute, out var address))
            return new ProblemResult(Problem.Invalid("base_url", "It must be an absolute URL."));

        var known = InstancesOf(state, name).Select(one => one.InstanceId).ToHashSet(StringComparer.Ordinal);
        var result = await registry.AddInstanceAsync(name, address, context.RequestAborted);
        if (result.Kind != RegistryResultKind.Done) return new ProblemResult(RegistryProblems.Of(result, name));
        if (InstancesOf(state, name).FirstOrDefault(one => one.Address == address && !known.Contains(one.InstanceId)) is not { } added)
            return List(name, state);
        context.Response.Headers.Location = $"/api/services/{name}/instances/{added.InstanceId}";
        return TypedResults.Json(ServiceInstance.Of(state.Current.Services[name], added), RestJson.Default.ServiceInstance, statusCode: StatusCodes.Status201Created);
    }

    private static async Task<IResult> RemoveAsync(string name, string id, RegistryState state, IServiceRegistry registry, CancellationToken cancellationToken)
    {
        var result = await registry.RemoveInstanceAsync(name, id, cancellationToken);
        return result.Kind == RegistryResultKind.Done ? TypedResults.NoContent() : new ProblemResult(ProblemOf(result, name, state));
    }

    private static async Task<IResult> DrainAsync(string name, string id, HttpContext context, RegistryState state, IServiceRegistry registry)
    {
        var draining = true;
        if (context.Request.ContentLength is not (0 or null) || context.Request.ContentType is not null)
        {
            var (body, problem) = await SmallJsonBody.ReadAsync(context, "draining");
            if (body is null) return new ProblemResult(problem!);
            if (!body.TryGetFlag("draining", ref draining)) return new ProblemResult(Problem.Invalid("draining", "It must be true or false."));
        }

        var result = await registry.SetDrainingAsync(name, id, draining, context.RequestAborted);
        if (result.Kind != RegistryResultKind.Done) return new ProblemResult(ProblemOf(result, name, state));
        var service = state.Current.Services.GetValueOrDefault(name);
        return service?.Instances.FirstOrDefault(one => one.InstanceId == id) is { } instance
            ? TypedResults.Json(ServiceInstance.Of(service, instance), RestJson.Default.ServiceInstance)
            // A child that runs at another replica, which hears of it by itself.
            : TypedResults.NoContent();
    }

    private static Problem ProblemOf(RegistryResult result, string name, RegistryState state) =>
        result.Kind == RegistryResultKind.NotFound && state.Current.Services.ContainsKey(name)
            ? RegistryProblems.UnknownInstance(name)
            : RegistryProblems.Of(result, name);

    private static ImmutableArray<InstanceState> InstancesOf(RegistryState state, string name) =>
        state.Current.Services.TryGetValue(name, out var service) ? service.Instances : [];
}
