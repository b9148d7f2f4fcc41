using McpRegistry.Api.Docs;
using McpRegistry.Api.Hosting;
using McpRegistry.Api.Json;
using McpRegistry.Api.Problems;
using McpRegistry.Core.Calls;
using McpRegistry.Core.Catalog;
using McpRegistry.Core.Discovery;
using McpRegistry.Core.Discovery.Approval;
using McpRegistry.Core.State;

namespace McpRegistry.Api.Discovery;

internal static partial class DiscoveryEndpoints
{
    // A refresh is for everyone; one service that hangs must not hold the answer about the others back.
    private static readonly TimeSpan LongestWait = TimeSpan.FromSeconds(10);

    public static void MapDiscovery(this IEndpointRouteBuilder api)
    {
        api.MapPost("/discovery/approve/{name}", ApproveAsync).WithTags("Discovery").WithName("approve_command").WithSummary("Approve a command of mcp-servers.json that waits for it, and start it")
            .WithDescription("Only with McpRegistry:Discovery:Watch=approve. The mark stands in the reason of the service: what was looked at is what is approved, and nothing that the file says by now.")
            .WithRequest<ApprovalModel>(Examples.Approval)
            .Produces(204).ProducesProblems(400, 404, 409, 415, 503);
        api.MapPost("/discovery/refresh", RefreshAsync).WithTags("Discovery").WithName("refresh_discovery").WithSummary("Read mcp-servers.json, the addresses of service discovery and the lists of every service again")
            .WithDescription("Waits up to 10 s; services that are slower go on in the background.")
            .Produces<RefreshModel>();
    }

    private static async Task<IResult> ApproveAsync(string name, HttpContext context, McpServersFileSource file)
    {
        var (body, problem) = await SmallJsonBody.ReadAsync(context, "mark");
        if (body is null) return new ProblemResult(problem!);
        if (!body.TryGetText("mark", out var mark)) return new ProblemResult(Problem.Invalid("mark", "It must be the mark in the service's reason."));
        return await file.ApproveAsync(name, mark, context.RequestAborted) switch
        {
            ApprovalOutcome.Approved => TypedResults.NoContent(),
            ApprovalOutcome.NotWaiting => new ProblemResult(RegistryProblems.Unknown(name) with { Detail = "No command of this name waits for approval." }),
            ApprovalOutcome.Changed => new ProblemResult(new Problem(ErrorCode.InvalidArguments) { Status = 409, Service = name, Detail = "The file says something else by now; look at it again." }),
            _ => new ProblemResult(new Problem(ErrorCode.RegistryUnavailable) { Service = name, Detail = "The approval could not be noted beside the database; nothing was started." }),
        };
    }

    private static async Task<IResult> RefreshAsync(
        RegistryState state, McpServersFileSource file, ServiceDiscoverySource discovery, ICatalogRefresher refresher, TimeProvider time, ILoggerFactory loggers, CancellationToken cancellationToken)
    {
        var ofFile = await file.RefreshAsync(cancellationToken);
        var ofDiscovery = await discovery.RefreshAsync(cancellationToken);
        var outcomes = await Task.WhenAll(state.Current.Services.Keys.Order(StringComparer.Ordinal).Select(async name => (Name: name, Refreshed: await TryRefreshAsync(name))));
        return TypedResults.Json(
            new RefreshModel(
                [.. outcomes.Where(one => one.Refreshed).Select(one => one.Name)],
                [.. outcomes.Where(one => !one.Refreshed).Select(one => one.Name)],
                state.Current.Catalog.Tools.Length,
                [.. ofFile.Select(one => new FieldErrorBody(one.Field, one.Message))],
                [.. ofDiscovery.Select(one => new FieldErrorBody(one.Field, one.Message))]),
            RestJson.Default.RefreshModel);

        async Task<bool> TryRefreshAsync(string name)
        {
            try { return await refresher.RefreshAsync(name, CancellationToken.None).WaitAsync(LongestWait, time, cancellationToken); }
            catch (TimeoutException) { return false; }
            catch (Exception failure) when (!cancellationToken.IsCancellationRequested)
            {
                // The others are no worse for it.
                LogRefreshFailed(loggers.CreateLogger(typeof(DiscoveryEndpoints)), failure, name);
                return false;
            }
        }
    }
}
