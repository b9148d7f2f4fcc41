using McpRegistry.Api.Docs;
using McpRegistry.Api.Hosting;
using McpRegistry.Api.Json;
using McpRegistry.Api.Problems;
using McpRegistry.Core.Buffers;
using McpRegistry.Core.Calls;
using McpRegistry.Core.Registration;
using McpRegistry.Core.State;

namespace McpRegistry.Api.Services;

internal static class ServiceEndpoints
{
    public static void MapServices(this IEndpointRouteBuilder api)
    {
        var services = api.MapGroup("/services").WithTags("Services");
        services.MapGet("/", List).WithName("list_services").WithSummary("All services and how they stand")
            .Produces<ServiceListModel>();
        services.MapPost("/", RegisterAsync).WithName("register_service").WithSummary("Register a service")
            .WithDescription("Stored before the answer; the service comes up in the background. A service that is a program to start (stdio) is refused unless McpRegistry:Http:AllowStdioRegistration is set.")
            .WithRequest<ServiceRegistrationModel>(Examples.Registration)
            .Produces<ServiceModel>(201).ProducesProblems(400, 403, 409, 413, 415, 503);
        services.MapGet("/{name}", Get).WithName("get_service").WithSummary("One service")
            .Produces<ServiceModel>().ProducesProblems(404);
        services.MapPut("/{name}", ReplaceAsync).WithName("replace_service").WithSummary("Replace a registration")
            .WithDescription("A secret sent as *** stays as it is, while scheme, host and port of every address (of a program: command and arguments) do: a new one asks for its secrets again.")
            .WithRequest<ServiceRegistrationModel>(Examples.Registration)
            .Produces<ServiceModel>().ProducesProblems(400, 403, 404, 409, 413, 415, 503);
        services.MapDelete("/{name}", RemoveAsync).WithName("remove_service").WithSummary("Remove what was registered over REST, also where a service of mcp-servers.json or of service discovery hides it")
            .Produces(204).ProducesProblems(404, 409, 503);
    }

    private static JsonBytes List(RegistryState state) =>
        Json(ServiceJson.ListOf([.. state.Current.Services.Values.OrderBy(one => one.Name, StringComparer.Ordinal)]));

    private static IResult Get(string name, RegistryState state) =>
        state.Current.Services.TryGetValue(name, out var service) ? Json(ServiceJson.Of(state.Current, service)) : new ProblemResult(RegistryProblems.Unknown(name));

    private static async Task<IResult> RegisterAsync(HttpContext context, RegistryState state, IServiceRegistry registry)
    {
        if (!RequestBody.IsJson(context.Request)) return new ProblemResult(RegistryProblems.NotJson);
        using var body = await RequestBody.ReadAsync(context.Request, context.RequestServices.GetService<ByteBudget>(), context.RequestAborted);
        var reading = RegistrationJson.Parse(body.Memory);
        if (reading.Registration is not { } registration) return Invalid(reading);

        var result = await registry.RegisterAsync(registration, context.RequestAborted);
        if (result.Kind != RegistryResultKind.Done) return new ProblemResult(RegistryProblems.Of(result, registration.Name));
        context.Response.Headers.Location = $"/api/services/{registration.Name}";
        return Json(Shown(state, result.Registration ?? registration), StatusCodes.Status201Created);
    }

    private static async Task<IResult> ReplaceAsync(string name, HttpContext context, RegistryState state, IServiceRegistry registry)
    {
        if (!RequestBody.IsJson(context.Request)) return new ProblemResult(RegistryProblems.NotJson);
        using var body = await RequestBody.ReadAsync(context.Request, context.RequestServices.GetService<ByteBudget>(), context.RequestAborted);
        var reading = RegistrationJson.Parse(body.Memory, name);
        if (reading.Registration is not { } registration) return Invalid(reading);
        if (!state.Current.Services.ContainsKey(name)) return new ProblemResult(RegistryProblems.Unknown(name));

        var result = await registry.ReplaceAsync(registration, context.RequestAborted);
        return result.Kind == RegistryResultKind.Done
            ? Json(Shown(state, result.Registration ?? registration))
            : new ProblemResult(RegistryProblems.Of(result, name));
    }

    private static async Task<IResult> RemoveAsync(string name, IServiceRegistry registry, CancellationToken cancellationToken)
    {
        var result = await registry.RemoveAsync(name, cancellationToken);
        return result.Kind == RegistryResultKind.Done ? TypedResults.NoContent() : new ProblemResult(RegistryProblems.Of(result, name));
    }

    private static ProblemResult Invalid(RegistrationReading reading) =>
        new(new Problem(ErrorCode.InvalidArguments) { Detail = "The registration is not valid.", Errors = reading.Errors });

    private static ReadOnlyMemory<byte> Shown(RegistryState state, ServiceRegistration registration) =>
        state.Current.Services.TryGetValue(registration.Name, out var service)
            ? ServiceJson.Of(service)
            : ServiceJson.Of(registration);

    private static JsonBytes Json(ReadOnlyMemory<byte> body, int status = StatusCodes.Status200OK) => new(body, status);
}
