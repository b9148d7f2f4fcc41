using System.ComponentModel;

using McpRegistry.Core.State;

namespace McpRegistry.Api.Services;

/// <summary>A registration as it is shown, with how the service stands.</summary>
internal sealed record ServiceModel : ServiceRegistrationModel
{
    [Description("api (registered over REST), file (from mcp-servers.json, changed by editing the file) or discovery (found by service discovery).")]
    public required string Origin { get; init; }

    [Description("1 when it was registered, one more with each change; 0 when it is not stored.")]
    public required long Version { get; init; }

    public required DateTimeOffset CreatedAt { get; init; }

    public required DateTimeOffset UpdatedAt { get; init; }

    [Description("starting, ready, degraded (it may be called, but something of what it offers is missing or of an earlier time) or unavailable.")]
    public required string State { get; init; }

    [Description("Why it is not ready.")]
    public string? Reason { get; init; }

    [Description("How many tools it offers.")]
    public required int ToolCount { get; init; }

    [Description("How many instances it has.")]
    public required int InstanceCount { get; init; }

    [Description("How much of its lists could not be taken as it was. Absent: nothing.")]
    public int? CatalogProblemCount { get; init; }

    [Description("What of its lists could not be taken as it was, or is not shown together with the lists of the other services, at most 100. Absent when there is nothing, and in the list of all services.")]
    public IReadOnlyList<CatalogProblemModel>? CatalogProblems { get; init; }

    public static string WireNameOf(ServiceCondition condition) => condition switch
    {
        ServiceCondition.Starting => "starting",
        ServiceCondition.Ready => "ready",
        ServiceCondition.Degraded => "degraded",
        _ => "unavailable",
    };
}

internal sealed record CatalogProblemModel(
    [property: Description("tools, prompts, resources or resource_templates.")] string List,
    [property: Description("Which item of it. Null: the whole list.")] string? Item,
    [property: Description("What is wrong and what was done about it.")] string Reason,
    [property: Description("True: the item is listed, with what was wrong put right. False: it is missing.")] bool Mended);

internal sealed record ServiceListModel(IReadOnlyList<ServiceModel> Services);
