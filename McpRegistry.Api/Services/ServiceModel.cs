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

    [Description("starting, ready, degraded (it may be called, but something of what it offers is missing or of an earlier time), unavailable, awaiting_approval (a command of mcp-servers.json that is not started before it is approved), or not_allowed (this gateway neither starts nor calls it; the reason says why).")]
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

    [Description("Registrations of the same name that this one hides: mcp-servers.json comes before service discovery, and that before REST. They are kept, never served, and come back when this one goes. Absent: there are none.")]
    public IReadOnlyList<ShadowedModel>? Shadowed { get; init; }

    public static string WireNameOf(ServiceCondition condition) => condition switch
    {
        ServiceCondition.Starting => "starting",
        ServiceCondition.Ready => "ready",
        ServiceCondition.Degraded => "degraded",
        ServiceCondition.AwaitingApproval => "awaiting_approval",
        ServiceCondition.NotAllowed => "not_allowed",
        _ => "unavailable",
    };
}

internal sealed record ShadowedModel(
    [property: Description("Where it comes from: discovery or api. One of api is removed by DELETE of the service.")] string Origin,
    [property: Description("Always shadowed.")] string State,
    [property: Description("What hides it.")] string Reason,
    long Version,
    DateTimeOffset CreatedAt,
    DateTimeOffset UpdatedAt);

internal sealed record CatalogProblemModel(
    [property: Description("tools, prompts, resources or resource_templates.")] string List,
    [property: Description("Which item of it. Null: the whole list.")] string? Item,
    [property: Description("What is wrong and what was done about it.")] string Reason,
    [property: Description("True: the item is listed, with what was wrong put right. False: it is missing.")] bool Mended);

internal sealed record ServiceListModel(IReadOnlyList<ServiceModel> Services);
